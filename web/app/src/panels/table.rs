//! The panels, one row each: where a panel is placed, what it shows of a run, how large it wants to be, how it is drawn.
//! Adding a panel is one row here.
//!
//! Each row names the module that it is compiled into, so nothing else may name its drawing function: rows become a table
//! of facts and a function for each module that draws.

pub use super::module::Module;
use super::{
    batch_noise, by_class, cells, compared, controls, detail, devices, folded, frameworks,
    gradients, grids, header, header_tools, help, layers, lead, measured, messages, notices,
    number_line, numbers, output, seed_and_engine, selected_unit, settings, sharing, summary,
    telling, transport, watched,
};
pub use batchnorm_lab::protocol::Observed;

use crate::state::Lab;
use crate::tell::{self, Seen, Told};
use crate::ui::{El, el};

/// Where the page puts a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Above the stage, one below the other.
    Top,
    /// The stage, whose grid the style sheet draws.
    Stage,
    /// Below the stage.
    Foot,
    /// Where another panel, or a press, puts it.
    Within,
}

/// What `tell` is asked for by the sheet itself: panels of all modules but those that bring their own words.
pub(super) const OTHERS: u8 = Module::First as u8;

/// For which of the words of panels a module stands.
const fn words_of(module: Module) -> u8 {
    match module.brings_words() {
        true => module as u8,
        false => OTHERS,
    }
}

/// Width and height, CSS pixels.
pub type Size = (u16, u16);

/// What a row says.
pub struct PanelRow {
    /// The panel.
    pub panel: Panel,
    /// Its name for style sheets.
    pub name: &'static str,
    /// Where the page puts it.
    pub place: Place,
    /// The module that it is compiled into.
    pub module: Module,
    /// What it shows of a run; empty for what shows none.
    pub needs: &'static [Observed],
    /// Below this it cannot be read.
    pub smallest: Size,
    /// What it takes on a screen of 1280×800.
    pub best: Size,
    /// The text that says how it is read; what has one is also told as a sentence and a table.
    pub how_to_read: Option<&'static str>,
}

macro_rules! panels {
    ($($(#[cfg($when:meta)])? $panel:ident: $name:literal, $place:ident, $module:ident, needs $needs:expr, $(told $tell:path,)?
        smallest $smallest:expr, best $best:expr, $draw:path; $about:literal)+) => {
        /// A panel by its row.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Panel {
            $($(#[cfg($when)])? #[doc = $about] $panel),+
        }

        /// Every panel, in the order in which those of one place stand.
        pub static PANELS: &[PanelRow] = &[$($(#[cfg($when)])? PanelRow {
            panel: Panel::$panel,
            name: $name,
            place: Place::$place,
            module: Module::$module,
            needs: &$needs,
            smallest: $smallest,
            best: $best,
            how_to_read: panels!(@how $name $($tell)?),
        }),+];

        /// What a panel says now, as text and as figures: one of the modules that bring their own words, which name these
        /// themselves, or one of all others, which the module `Help` names.
        /// What a panel says now, as text and as figures: one of a module that brings its words, which names these
        /// itself, or one of all others, which the module `Help` names.
        pub(super) fn tell<const OF: u8>(panel: Panel, seen: &Seen) -> Option<Told> {
            match panel {
                $($(#[cfg($when)])? Panel::$panel if OF == words_of(Module::$module) => {
                    panels!(@tell seen $($tell)?)
                })+
                _ => None,
            }
        }

        /// Draws a panel of a module, and names the functions of no other: what is never called there is not compiled in.
        pub(super) fn draw<const MODULE: u8>(lab: Lab, panel: Panel) -> El {
            match panel {
                $($(#[cfg($when)])? Panel::$panel if MODULE == Module::$module as u8 => $draw(lab),)+
                // A panel of another module: nobody asks for it here.
                _ => el("div"),
            }
        }
    };
    (@how $name:literal) => { None };
    (@how $name:literal $tell:path) => { Some(concat!("how.", $name)) };
    (@tell $seen:ident) => { None };
    (@tell $seen:ident $tell:path) => { Some($tell($seen)) };
}

panels! {
    Header: "header", Top, First, needs [], smallest (320, 32), best (1280, 40), header::header;
        "What this is, which lesson, language, theme, share, help."
    Transport: "transport", Top, First, needs [], smallest (320, 36), best (1280, 40), transport::transport;
        "Reset, play, step, speed; where the run is."
    Lead: "lead", Top, First, needs [], smallest (320, 20), best (1280, 24), lead::lead;
        "The lesson in a sentence."
    Messages: "messages", Top, First, needs [], smallest (320, 0), best (1280, 0), messages::messages;
        "What the reader must know now."
    Settings: "settings", Stage, Words, needs [], smallest (208, 160), best (208, 495), settings::settings;
        "The left column: a control for each setting."
    Layers: "layers", Stage, First, needs [Observed::Layers], told tell::layers, smallest (320, 240), best (716, 495), layers::layers;
        "Hidden layers as columns, sides and stages as rows."
    Output: "output", Stage, Answers, needs [Observed::Curves, Observed::Answers], smallest (284, 240), best (284, 495),
        output::output;
        "The right column: answers, losses, accuracies."
    BatchNoise: "batch-noise", Stage, Noise, needs [Observed::BatchNoise], smallest (320, 149),
        best (1248, 149), batch_noise::batch_noise;
        "The bottom: how small batches scatter."
    Summary: "summary", Foot, Words, needs [Observed::Curves, Observed::Layers], smallest (320, 28), best (1248, 28),
        summary::summary;
        "What the charts show, in a sentence."
    SelectedUnit: "selected-unit", Within, Unit, needs [Observed::SelectedUnit], told tell::selected_unit, smallest (320, 120), best (716, 150),
        selected_unit::selected_unit;
        "The points of the batch in slow motion."
    Boundary: "boundary", Within, Answers, needs [Observed::Answers], told tell::boundary, smallest (160, 120), best (284, 180), output::answers;
        "What each run answers: over the plane, to digits or to sequences."
    Loss: "loss", Within, Answers, needs [Observed::Curves], told tell::loss, smallest (160, 90), best (284, 160), output::loss;
        "Losses over the steps."
    Accuracy: "accuracy", Within, Answers, needs [Observed::Curves], told tell::accuracy, smallest (160, 90), best (284, 160), output::accuracy;
        "Accuracies over the steps."
    ThreeAccuracies: "three-accuracies", Within, Answers, needs [Observed::Curves], told tell::three_accuracies, smallest (200, 80), best (284, 90),
        output::three;
        "Test accuracy under batch, running and full-set statistics."
    GammaBeta: "gamma-beta", Within, Unit, needs [Observed::Curves], told tell::gamma_beta, smallest (240, 96), best (480, 110), detail::gamma_beta;
        "How γ and β of the selected layer learn."
    Moments: "moments", Within, Unit, needs [Observed::Curves], told tell::moments, smallest (240, 96), best (480, 110), detail::moments;
        "Mean and variance of the selected unit under three kinds of statistics."
    Gradients: "gradients", Within, Unit, needs [Observed::Curves], told tell::gradients, smallest (160, 96), best (220, 110),
        gradients::gradients;
        "Gradient norms of all layers."
    XHatNoise: "x-hat-noise", Within, Noise, needs [Observed::BatchNoise], told tell::x_hat_noise, smallest (240, 104), best (480, 150),
        batch_noise::x_hat_noise;
        "How the pinned point's x̂ jitters, and the law of it."
    StatisticsNoise: "statistics-noise", Within, Noise, needs [Observed::BatchNoise], told tell::statistics_noise, smallest (240, 104),
        best (480, 150), batch_noise::statistics_noise;
        "How means and variances of small batches scatter."
    Sweep: "sweep", Within, Grids, needs [Observed::Curves], told tell::sweep, smallest (240, 120), best (284, 150),
        grids::sweep;
        "Accuracy against a setting, a line for each normalisation."
    RaceGrid: "race-grid", Within, Grids, needs [Observed::Curves], told tell::race_grid, smallest (300, 220), best (420, 260),
        grids::race_grid;
        "A network for each pair of two settings' values, coloured by accuracy."
    Landscape: "landscape", Within, Measured, needs [Observed::Curves], told tell::landscape, smallest (280, 200), best (420, 260),
        measured::landscape;
        "The loss along the gradient at several step sizes."
    NumberLine: "number-line", Within, NumberLine, needs [Observed::SelectedUnit, Observed::Curves], told tell::number_line, smallest (280, 220),
        best (640, 280), number_line::number_line;
        "One mini-batch through the four steps, on number lines, where it can be moved."
    WhichCells: "which-cells", Within, Cells, needs [Observed::Curves], told tell::which_cells, smallest (280, 220),
        best (640, 280), cells::which_cells;
        "Which cells of a layer share a mean and a deviation."
    DepthProfile: "depth-profile", Within, Measured, needs [Observed::Curves], told tell::depth_profile, smallest (280, 200),
        best (640, 260), measured::depth_profile;
        "Forward standard deviations and gradient norms of every layer, under several normalisations."
    ComparedRuns: "compared-runs", Within, Compared, needs [Observed::Curves], told tell::compared_runs, smallest (280, 200),
        best (640, 260), compared::compared_runs;
        "Whole runs beside each other."
    RAndD: "r-and-d", Within, Compared, needs [Observed::Curves], told tell::r_and_d, smallest (280, 160),
        best (640, 200), compared::r_and_d;
        "r and d of Batch Renormalization within their bounds."
    Drift: "drift", Within, Watched, needs [Observed::Curves], told tell::drift, smallest (280, 240), best (640, 320),
        watched::drift;
        "What the activations of each layer are given, over the steps, and how fast that moves."
    WeightNorm: "weight-norm", Within, Watched, needs [Observed::Curves], told tell::weight_norm, smallest (280, 240),
        best (640, 320), watched::weight_norm;
        "Length of the weights before a normalisation and lr/‖W‖², over the steps; ten times as large."
    ByClass: "by-class", Within, Classes, needs [Observed::Curves], told tell::by_class, smallest (280, 180), best (420, 260),
        by_class::by_class;
        "A unit's values class by class, in training and evaluated."
    Sharing: "sharing", Within, Taught, needs [Observed::Curves], told tell::sharing, smallest (280, 200), best (420, 300),
        sharing::sharing;
        "The sequences of a batch, who shares a mean at each step, and how far it is off."
    Devices: "devices", Within, Devices, needs [Observed::Curves], told tell::devices, smallest (300, 300), best (640, 320),
        devices::devices;
        "Several workers that share each step, beside one that has the whole batch."
    Backward: "backward", Within, Backward, needs [Observed::Curves], told tell::backward, smallest (280, 200), best (480, 260),
        measured::backward;
        "What Batch Normalization makes of the gradient of the selected unit, in three terms."
    Fold: "fold", Within, Fold, needs [Observed::Curves], told tell::fold, smallest (280, 260), best (640, 300),
        folded::fold;
        "A layer with its Batch Normalization and the one layer that does the same, and how long both take."
    Frameworks: "frameworks", Within, Frameworks, needs [Observed::Curves], told tell::frameworks, smallest (280, 200),
        best (640, 420), frameworks::frameworks;
        "The run's model in the words of PyTorch, Keras and the paper, with the numbers of the selected layer."
    Numbers: "numbers", Within, Backward, needs [Observed::SelectedUnit], told tell::numbers, smallest (280, 160), best (640, 260),
        numbers::numbers;
        "Where the numbers of the selected unit come from."
    HeaderTools: "header-tools", Within, Words, needs [], smallest (160, 28), best (320, 40), header_tools::header_tools;
        "Language, theme, share, larger type, help."
    SeedAndEngine: "seed-engine", Within, Words, needs [], smallest (100, 28), best (260, 40),
        seed_and_engine::seed_and_engine;
        "From which seed the run grows, and what computes it."
    FigureControls: "figure-controls", Within, Words, needs [], smallest (320, 40), best (688, 44), controls::controls;
        "The controls of a figure."
    Detail: "detail", Within, Unit, needs [Observed::Curves], smallest (320, 137), best (716, 137), detail::detail;
        "The selected layer and unit."
    Notices: "notices", Within, Notices, needs [], smallest (320, 0), best (1280, 0), notices::notices;
        "Messages about a run or a link."
    Telling: "telling", Within, Help, needs [], smallest (280, 200), best (420, 420), telling::sheet::sheet;
        "How a panel is read, what it says, its figures."
    PanelDialog: "panel-dialog", Within, Grids, needs [], smallest (320, 300), best (720, 420), grids::panel_dialog;
        "A panel over the lab that has no place in it."
    Help: "help", Within, Help, needs [], smallest (280, 320), best (360, 760), help::help;
        "Keys, colours, terms."
    #[cfg(test)]
    Throwaway: "throwaway", Stage, First, needs [Observed::Curves], smallest (10, 10), best (20, 20), tests::throwaway;
        "A row as CONTRIBUTING says, for its test."
}

impl PanelRow {
    /// Whether a figure may have it: it shows something of a run by itself.
    pub fn is_of_figures(&self) -> bool {
        !self.needs.is_empty()
            && (self.place == Place::Within || self.panel == Panel::Layers)
            && self.panel != Panel::Detail
    }
}

impl Panel {
    /// The panel of that name, if a figure may have it.
    pub fn of_figure(name: &str) -> Option<Self> {
        // As it was called before.
        let name = if name == "batch-size" { "sweep" } else { name };
        let mut rows = PANELS.iter();
        let row = rows.find(|row| row.name == name && row.is_of_figures())?;
        Some(row.panel)
    }

    /// Its row.
    pub fn row(self) -> &'static PanelRow {
        // The rows stand in the order of the panels.
        &PANELS[self as usize]
    }
}

/// The panels of a place, in their order.
pub fn of_place(place: Place) -> impl Iterator<Item = Panel> {
    let rows = PANELS.iter().filter(move |row| row.place == place);
    rows.map(|row| row.panel)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn throwaway(_: Lab) -> El {
        el("p").text("throwaway")
    }

    #[test]
    fn rows_stand_in_the_order_of_their_panels_and_say_what_fits() {
        for (place, row) in PANELS.iter().enumerate() {
            assert_eq!(row.panel as usize, place);
            let named = PANELS.iter().filter(|other| other.name == row.name).count();
            assert_eq!(named, 1, "{}", row.name);
            let (smallest, best) = (row.smallest, row.best);
            assert!(smallest.0 <= best.0 && smallest.1 <= best.1, "{}", row.name);
        }
    }

    #[test]
    fn every_panel_of_a_lesson_may_stand_in_a_figure() {
        for lesson in batchnorm_lab::lessons::LESSONS {
            for name in lesson.panels {
                assert!(Panel::of_figure(name).is_some(), "{}: {name}", lesson.id);
            }
        }
        assert_eq!(Panel::of_figure("batch-size"), Some(Panel::Sweep));
        for name in ["header", "detail", "output", "help", "nothing"] {
            assert_eq!(Panel::of_figure(name), None);
        }
    }

    #[test]
    fn every_panel_that_shows_a_run_is_told_and_says_how_it_is_read() {
        use crate::history::History;
        use crate::i18n::{Key, Lang};
        use batchnorm_lab::settings::Settings;
        use batchnorm_lab::settings::choice::DatasetKind;

        let (now, history) = (Settings::default(), History::default());
        for row in PANELS.iter().filter(|row| row.panel != Panel::Throwaway) {
            assert_eq!(
                row.is_of_figures(),
                row.how_to_read.is_some(),
                "{}",
                row.name
            );
            for lang in Lang::ALL {
                let seen = Seen::nothing(lang, &now, &history);
                let told = tell::<OTHERS>(row.panel, &seen)
                    .or(tell::<{ Module::Grids as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::Measured as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::Compared as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::Watched as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::Classes as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::Taught as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::Devices as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::NumberLine as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::Cells as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::Backward as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::Fold as u8 }>(row.panel, &seen))
                    .or(tell::<{ Module::Frameworks as u8 }>(row.panel, &seen));
                assert_eq!(told.is_some(), row.is_of_figures(), "{}", row.name);
            }
            for data in DatasetKind::ALL.iter().filter(|_| row.is_of_figures()) {
                let how = telling::sheet::how_to_read(row.panel, *data);
                assert!(Key::find(&how).is_some(), "{how}");
                let name = format!("panel.{}", row.name);
                assert!(Key::find(&name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn a_new_row_is_placed_among_its_neighbours() {
        let names = |place| {
            of_place(place)
                .map(|panel| panel.row().name)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(Place::Top),
            ["header", "transport", "lead", "messages"]
        );
        assert_eq!(
            names(Place::Stage),
            ["settings", "layers", "output", "batch-noise", "throwaway"]
        );
        assert_eq!(Panel::Throwaway.row().module, Module::First);
    }

    #[cfg(target_arch = "wasm32")]
    #[wasm_bindgen_test::wasm_bindgen_test]
    fn a_new_row_is_drawn() {
        use crate::i18n::Lang;
        use crate::ui::Root;
        use batchnorm_lab::settings::Settings;

        let _root = Root::new(|| {
            let lab = Lab::new(Settings::default(), Lang::En, false);
            let text = crate::panels::panel(lab, Panel::Throwaway).0.text_content();
            assert_eq!(text.as_deref(), Some("throwaway"));
        });
    }
}
