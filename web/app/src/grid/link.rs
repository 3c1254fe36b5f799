//! What a grid is asked for as a link says it behind `race=` or `sweep=`: `lr:0.1,0.3;layers:16,16-16;500;3`, the axes,
//! steps and seeds. What cannot be used is refused by whoever plans the grid, as it is where a reader types it.

use super::{GridAxis, GridOptions, values_of};

/// Reads it; whatever is there is asked for.
pub fn read(text: &str) -> GridOptions {
    let mut parts = text.split(';');
    let mut next = || parts.next().unwrap_or_default();
    let axis = |text: &str| {
        let (setting, values) = text.split_once(':').unwrap_or((text, ""));
        GridAxis {
            setting: setting.to_owned(),
            values: values_of(values),
        }
    };
    let (x, y) = (axis(next()), axis(next()));
    // What is no number is refused as no step and no seed are.
    let mut count = || next().parse().unwrap_or(0);
    GridOptions {
        x,
        y: (!y.setting.is_empty()).then_some(y),
        steps: count(),
        seeds: count(),
    }
}

/// The text that `read` turns back into this.
pub fn write(options: &GridOptions) -> String {
    let GridOptions { x, y, steps, seeds } = options;
    let mut text = String::new();
    for axis in [Some(x), y.as_ref()] {
        if let Some(axis) = axis {
            text.push_str(&axis.setting);
            let mut before = ':';
            for value in &axis.values {
                text.push(before);
                text.push_str(value);
                before = ',';
            }
        }
        text.push(';');
    }
    text.push_str(&steps.to_string());
    text.push(';');
    text.push_str(&seeds.to_string());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "lr:0.1,0.3;layers:16,16-16,c8-p-g;500;3",
            "batch:2,4;b:none,batch,group;800;1",
            "act:leaky-relu;;1;32",
        ] {
            assert_eq!(write(&read(text)), text);
        }
        for options in [GridOptions::race(), GridOptions::sweep()] {
            assert_eq!(read(&write(&options)), options);
        }
    }

    #[test]
    fn whatever_is_typed_says_nothing_else_in_a_link() {
        for typed in [
            "0.1;5",
            "0.1&lr=9",
            "1%",
            "0.1#x",
            "lr:3",
            "0.1 0.2，0.3",
            "",
        ] {
            let mut options = GridOptions::race();
            options.x.values = values_of(typed);
            let text = write(&options);
            assert_eq!(read(&text), options, "{typed}");
            assert!(text.bytes().all(|byte| !b"&#% ".contains(&byte)), "{text}");
        }
    }

    #[test]
    fn whatever_is_there_is_asked_for_so_that_it_can_be_refused() {
        for (text, x, steps) in [
            ("", "", 0),
            ("colour:red;;5;1", "colour", 5),
            ("lr:0.1;;many;1", "lr", 0),
        ] {
            let options = read(text);
            assert_eq!((&*options.x.setting, options.steps), (x, steps), "{text}");
        }
    }
}
