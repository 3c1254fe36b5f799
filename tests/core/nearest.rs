//! The nearest network that a reader is offered: it can be built, whatever was chosen, and one that can be built is
//! left as it is.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::Network;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::Norm;

fn can_be_built(settings: &Settings) -> bool {
    let is_built = |norm: Norm| {
        let plan = (FULL.network)(norm, settings).expect("a list of layers");
        Network::<Best>::with_input(plan.input, &plan.layers, settings.loss_used(), 8).is_ok()
    };
    is_built(settings.norm_a) && is_built(settings.norm_b)
}

#[test]
fn whatever_is_chosen_the_nearest_can_be_built() {
    let lists = [
        "16-16",
        "1",
        "3-5",
        "c8-c8s2-g-16",
        "c8-p-p-p-p-4",
        "c7-16-c8",
        "p-16",
        "g-g-8",
        "d30-16",
        "16-p-g-t",
        "r16-16",
        "r16-r8-t",
        "t",
        "t-t-6",
        "16-t-g-t",
        "c1-c1s2-c1s2-c1s2-c1s2-p",
        "r1-1",
    ];
    let (mut offered, mut left) = (0, 0);
    for data in ["circle", "digits", "sequences"] {
        for layers in lists {
            for norm in Norm::NAMES {
                for rest in ["groups=4", "groups=7", "groups=64&track=off"] {
                    let link = format!("data={data}&layers={layers}&a=none&b={norm}&{rest}");
                    let (settings, errors) = Settings::from_text(&link);
                    assert_eq!(errors, [], "{link}");
                    let near = settings.nearest_buildable();
                    assert!(can_be_built(&near), "{link} gave {}", near.to_text());
                    if can_be_built(&settings) {
                        assert_eq!(near, settings, "{link}");
                        left += 1;
                    } else {
                        assert_ne!(near, settings, "{link}");
                        offered += 1;
                    }
                }
            }
        }
    }
    assert!(offered > 100 && left > 100, "{offered} {left}");
}
