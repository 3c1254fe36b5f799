//! The element's contract for programs, both from `web/element/contract.json`: `element.d.ts` for TypeScript and
//! `custom-elements.json`, a custom elements manifest, for editors and documentation. Adds no word of its own.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the element is for its host.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contract {
    tag: String,
    class: String,
    description: String,
    attributes: Vec<Named>,
    properties: Vec<Named>,
    methods: Vec<Function>,
    events: Vec<EventKind>,
    slots: Vec<Place>,
    css_parts: Vec<Place>,
    functions: Vec<Function>,
    types: Vec<Interface>,
}

/// An attribute, a property, a parameter or a field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    default: Option<String>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Function {
    name: String,
    #[serde(default)]
    parameters: Vec<Named>,
    returns: String,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventKind {
    name: String,
    detail: String,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    name: String,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Interface {
    name: String,
    extends: Option<String>,
    description: String,
    fields: Vec<Named>,
}

impl Contract {
    /// Reads the contract.
    ///
    /// # Errors
    /// It is none, or names a type that it does not describe.
    pub fn read(text: &str) -> Result<Self> {
        let contract: Self = serde_json::from_str(text).context("contract.json is no contract")?;
        let details = contract.events.iter().map(|event| &event.detail);
        let bases = contract.types.iter().filter_map(|of| of.extends.as_ref());
        for name in details.chain(bases) {
            contract.interface(name)?;
        }
        Ok(contract)
    }

    fn interface(&self, name: &str) -> Result<&Interface> {
        let found = self.types.iter().find(|of| of.name == name);
        found.with_context(|| format!("contract.json describes no type `{name}`"))
    }

    /// The fields of a type and of what it extends.
    fn fields(&self, name: &str) -> Result<Vec<&Named>> {
        let of = self.interface(name)?;
        let mut fields = match &of.extends {
            Some(base) => self.fields(base)?,
            None => Vec::new(),
        };
        fields.extend(&of.fields);
        Ok(fields)
    }

    /// The text of `element.d.ts`.
    ///
    /// # Errors
    /// None, for texts can be written to.
    pub fn declarations(&self) -> Result<String> {
        let mut text = String::from(
            "// The contract of <batchnorm-lab>, written from web/element/contract.json when the site is built.\n",
        );
        for of in &self.types {
            let extends = of.extends.as_ref().map(|base| format!(" extends {base}"));
            let extends = extends.unwrap_or_default();
            write!(
                text,
                "\n/** {} */\nexport interface {}{extends} {{\n",
                of.description, of.name
            )?;
            for field in &of.fields {
                text += &member(field);
            }
            text += "}\n";
        }
        write!(text, "\n/**\n * {}\n *\n * Attributes:\n", self.description)?;
        for of in &self.attributes {
            let default = of
                .default
                .as_ref()
                .map(|default| format!(", `{default}` if absent"));
            let default = default.unwrap_or_default();
            writeln!(
                text,
                " * - `{}` ({}{default}): {}",
                of.name, of.kind, of.description
            )?;
        }
        text += " *\n * Slots:\n";
        for of in &self.slots {
            writeln!(text, " * - `{}`: {}", of.name, of.description)?;
        }
        write!(
            text,
            " */\nexport class {} extends HTMLElement {{\n",
            self.class
        )?;
        for of in &self.properties {
            text += &member(of);
        }
        for of in &self.methods {
            writeln!(text, "{}  {};", about(of, "  "), signature(of))?;
        }
        let class = &self.class;
        let options = "options?: boolean | AddEventListenerOptions";
        write!(
            text,
            "  addEventListener<K extends keyof BatchnormLabEventMap>(type: K, listener: (this: {class}, event: BatchnormLabEventMap[K]) => void, {options}): void;\n  \
             addEventListener(type: string, listener: EventListenerOrEventListenerObject, {options}): void;\n}}\n\n\
             /** They bubble and are composed. */\nexport interface BatchnormLabEventMap extends HTMLElementEventMap {{\n"
        )?;
        for of in &self.events {
            writeln!(
                text,
                "  /** {} */\n  '{}': CustomEvent<{}>;",
                of.description, of.name, of.detail
            )?;
        }
        text += "}\n";
        for of in &self.functions {
            write!(
                text,
                "\n{}export function {};\n",
                about(of, ""),
                signature(of)
            )?;
        }
        let tag = &self.tag;
        write!(
            text,
            "\ndeclare global {{\n  interface HTMLElementTagNameMap {{\n    '{tag}': {class};\n  }}\n}}\n"
        )?;
        Ok(text)
    }

    /// The custom elements manifest.
    ///
    /// # Errors
    /// An event has a detail that is not described.
    pub fn manifest(&self) -> Result<Value> {
        let function = |kind: &'static str| {
            move |of: &Function| {
                json!({ "kind": kind, "name": of.name, "description": of.description,
                    "parameters": of.parameters.iter().map(described).collect::<Vec<_>>(),
                    "return": { "type": { "text": of.returns } } })
            }
        };
        let place = |of: &Place| json!({ "name": of.name, "description": of.description });
        let mut members: Vec<Value> = self.properties.iter().map(described).collect();
        for member in &mut members {
            member["kind"] = json!("field");
        }
        members.extend(self.methods.iter().map(function("method")));
        let events = self.events.iter().map(|of| {
            let fields = self.fields(&of.detail)?;
            let fields: Vec<String> = fields.into_iter().map(typed).collect();
            let detail = format!("CustomEvent<{{ {} }}>", fields.join("; "));
            Ok(json!({ "name": of.name, "type": { "text": detail }, "description": of.description }))
        });
        let events = events.collect::<Result<Vec<_>>>()?;
        let mut declarations = vec![json!({
            "kind": "class", "customElement": true, "name": self.class, "tagName": self.tag,
            "description": self.description, "superclass": { "name": "HTMLElement" },
            "attributes": self.attributes.iter().map(described).collect::<Vec<_>>(),
            "members": members, "events": events,
            "slots": self.slots.iter().map(place).collect::<Vec<_>>(),
            "cssParts": self.css_parts.iter().map(place).collect::<Vec<_>>(),
        })];
        declarations.extend(self.functions.iter().map(function("function")));
        let mut exports = vec![
            json!({ "kind": "custom-element-definition", "name": self.tag,
            "declaration": { "name": self.class, "module": MODULE } }),
        ];
        exports.extend(self.functions.iter().map(|of| {
            json!({ "kind": "js", "name": of.name, "declaration": { "name": of.name, "module": MODULE } })
        }));
        Ok(json!({ "schemaVersion": "1.0.0", "modules": [
            { "kind": "javascript-module", "path": MODULE, "declarations": declarations, "exports": exports }
        ] }))
    }
}

const MODULE: &str = "element.js";

/// As the manifest describes what has a name and a type.
fn described(of: &Named) -> Value {
    let mut value =
        json!({ "name": of.name, "type": { "text": of.kind }, "description": of.description });
    if let Some(default) = &of.default {
        value["default"] = json!(default);
    }
    value
}

fn typed(of: &Named) -> String {
    let mark = if of.optional || of.default.is_some() {
        "?"
    } else {
        ""
    };
    format!("{}{mark}: {}", of.name, of.kind)
}

fn member(of: &Named) -> String {
    let about = match of.description.as_str() {
        "" => String::new(),
        text => format!("  /** {text} */\n"),
    };
    format!("{about}  {};\n", typed(of))
}

fn about(of: &Function, indent: &str) -> String {
    let parameters: String = of.parameters.iter().fold(String::new(), |all, parameter| {
        all + &format!(
            "{indent} * @param {} {}\n",
            parameter.name, parameter.description
        )
    });
    format!(
        "{indent}/**\n{indent} * {}\n{parameters}{indent} */\n",
        of.description
    )
}

fn signature(of: &Function) -> String {
    let parameters: Vec<String> = of.parameters.iter().map(typed).collect();
    format!("{}({}): {}", of.name, parameters.join(", "), of.returns)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = include_str!("../../../web/element/contract.json");

    #[test]
    fn both_files_have_every_name_of_the_contract() {
        let contract = Contract::read(CONTRACT).unwrap();
        let (types, manifest) = (
            contract.declarations().unwrap(),
            contract.manifest().unwrap(),
        );
        let class = &manifest["modules"][0]["declarations"][0];
        let names = |list: &str| -> Vec<String> {
            let all = class[list].as_array().unwrap().iter();
            all.map(|of| of["name"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(names("attributes").len(), contract.attributes.len());
        assert_eq!(
            names("members"),
            [
                "state", "play", "pause", "reset", "step", "snapshot", "guess"
            ]
        );
        for (name, sign) in [
            ("step", "  step(n?: number): Promise<Snapshot>;"),
            ("state", "  state: string;"),
        ] {
            assert!(types.contains(sign), "{name}: {types}");
        }
        for name in names("attributes") {
            assert!(types.contains(&format!(" * - `{name}` (")), "{name}");
        }
        let events = class["events"].as_array().unwrap();
        let error = events
            .iter()
            .find(|of| of["name"] == "bnlab-error")
            .unwrap();
        assert_eq!(
            error["type"]["text"],
            "CustomEvent<{ code: string; message: string; field?: string; value?: string; allowed?: string }>"
        );
    }

    #[test]
    fn a_detail_that_is_not_described_is_refused() {
        let broken = CONTRACT.replace("\"detail\": \"ErrorDetail\"", "\"detail\": \"Nothing\"");
        let refused = Contract::read(&broken).err().map(|error| error.to_string());
        assert!(refused.is_some_and(|text| text.contains("Nothing")));
    }
}
