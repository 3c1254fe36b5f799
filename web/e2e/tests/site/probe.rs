//! What the probe answers in each browser, and that what it promises is true: each engine it names trains.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::common::{Lab, lanes, number};

#[test]
fn the_probe_names_the_engines_of_this_browser_and_each_of_them_trains() -> Result<()> {
    let lab = Lab::open("")?;
    let usable = lab.script(
        "const { usableEngines } = await import('./probe.js');
         return usableEngines().filter((engine) => engine !== 'webgpu');",
    )?;
    ensure!(usable == json!(lanes()?), "{usable}");
    for engine in lanes()? {
        lab.go(&format!("?engine={engine}"))?;
        let shown = lab.step(3)?;
        ensure!(
            shown["engine"] == *engine && number(&shown, "/step")? == 3.0,
            "{engine}"
        );
    }
    Ok(())
}
