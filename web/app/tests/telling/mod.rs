//! How panels are read: the sheet over a panel, its copy, and the one voice that speaks up.

use web_sys::{MutationObserver, MutationObserverInit};

use super::*;

/// A clipboard that keeps what is written.
fn fake_clipboard() -> Rc<RefCell<Option<String>>> {
    let kept = Rc::new(RefCell::new(None));
    let written = kept.clone();
    let write: Closure<dyn Fn(String) -> Promise> = Closure::new(move |text| {
        *written.borrow_mut() = Some(text);
        news::tell();
        Promise::resolve(&JsValue::UNDEFINED)
    });
    let clipboard = Object::new();
    Reflect::set(&clipboard, &"writeText".into(), &write.into_js_value()).unwrap();
    let property = Object::new();
    Reflect::set(&property, &"value".into(), &clipboard).unwrap();
    Reflect::set(&property, &"configurable".into(), &true.into()).unwrap();
    let navigator: Object = web_sys::window().unwrap().navigator().unchecked_into();
    Object::define_property(&navigator, &"clipboard".into(), &property);
    kept
}

#[wasm_bindgen_test]
async fn a_panel_says_how_it_is_read_and_its_figures_which_follow_the_run() {
    let page = Page::open(&[("state", "layers=4-4")]).await;
    page.press("about-loss");
    page.wait_for("the sheet", |page| page.find("telling").is_some())
        .await;
    let document = web_sys::window().unwrap().document().unwrap();
    page.wait_for("the focus", |page| {
        document.active_element().as_ref() == Some(&page.part("telling-close"))
    })
    .await;
    assert!(page.text("how").contains("up is the loss"));
    page.wait_for("a sentence", |page| {
        page.text("told").contains("loss starts at")
    })
    .await;
    JsFuture::from(page.handle.step(30)).await.unwrap();
    page.wait_for("the newest figures", |page| {
        page.text("telling-table").contains("30") && page.text("told").contains("loss")
    })
    .await;
    let copied = fake_clipboard();
    page.press("telling-copy");
    page.wait_for("the copy", |_| copied.borrow().is_some())
        .await;
    let text = copied.take().unwrap();
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(lines[0][0], "step");
    assert_eq!(lines[1][0], "30");
    assert!(lines.iter().all(|line| line.len() == 7), "{text}");
    let alone = stand_in::run_alone("layers=4-4", 30);
    let loss: f32 = lines[1][5].parse().unwrap();
    assert!((loss - alone.sides[1].loss.train).abs() < 1e-5, "{text}");
    page.wait_for("a word about it", |page| {
        page.text("telling").contains("copied")
    })
    .await;
    page.key_in("telling", "Escape");
    page.wait_for("the sheet to close", |page| page.find("telling").is_none())
        .await;
    assert_eq!(document.active_element(), Some(page.part("about-loss")));
    // Another press opens it again, a second closes it.
    page.press("about-loss");
    page.wait_for("the sheet", |page| page.find("telling").is_some())
        .await;
    page.press("about-loss");
    page.wait_for("no sheet", |page| page.find("telling").is_none())
        .await;
}

#[wasm_bindgen_test]
async fn every_panel_of_the_lab_has_its_sheet() {
    let page = Page::open(&[("state", "layers=4-4&speed=slow")]).await;
    for panel in [
        "layers",
        "boundary",
        "loss",
        "accuracy",
        "three-accuracies",
        "gamma-beta",
        "moments",
        "gradients",
        "selected-unit",
        "x-hat-noise",
        "statistics-noise",
    ] {
        let selector = format!("[data-part=\"about-{panel}\"]:not([hidden])");
        let buttons = page.root.query_selector_all(&selector).unwrap();
        assert_eq!(buttons.length(), 1, "{panel}");
        let button: HtmlElement = buttons.get(0).unwrap().unchecked_into();
        let name = button.get_attribute("aria-label").unwrap();
        assert!(
            name.starts_with("How to read this: ") && name.len() > 20,
            "{name}"
        );
        button.click();
        page.wait_for(panel, |page| {
            let sheet = page.find("telling");
            sheet.and_then(|sheet| sheet.get_attribute("aria-label")) == Some(name.clone())
                && page.text("told").ends_with('.')
        })
        .await;
        assert!(page.text("how").len() > 100, "{panel}");
    }
}

#[wasm_bindgen_test]
async fn the_foot_speaks_seldom_and_a_new_run_at_once() {
    let page = Page::open(&[("state", "layers=4-4&speed=full")]).await;
    page.wait_for("the invitation", |page| {
        page.text("summary").contains("Press play")
    })
    .await;
    let changes = Rc::new(RefCell::new(0));
    let counted = changes.clone();
    let count: Closure<dyn Fn()> = Closure::new(move || *counted.borrow_mut() += 1);
    let observer = MutationObserver::new(count.as_ref().unchecked_ref()).unwrap();
    let all = MutationObserverInit::new();
    all.set_character_data(true);
    all.set_subtree(true);
    all.set_child_list(true);
    observer
        .observe_with_options(&page.part("summary"), &all)
        .unwrap();
    let clock = web_sys::window().unwrap().performance().unwrap();
    let begin = clock.now();
    page.press("play");
    page.wait_for("many steps", |page| page.step_count() > 300)
        .await;
    let most = 2.0 + (clock.now() - begin) / 5000.0;
    assert!(
        f64::from(*changes.borrow()) <= most,
        "{} changes",
        changes.borrow()
    );
    assert!(*changes.borrow() >= 1);
    page.press("reset");
    page.wait_for("the invitation", |page| {
        page.text("summary").contains("Press play")
    })
    .await;
    observer.disconnect();
}
