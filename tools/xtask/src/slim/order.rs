//! Puts functions that are alike beside each other: what repeats close by packs into less. Changes no function.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;

use anyhow::{Context, Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, ElementSection, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, Element, ElementItems, ElementKind,
    FunctionSectionReader, Operator, Parser, Payload, TypeRef,
};

/// How many bytes in a row count as something in common.
const RUN: usize = 8;
/// What more functions than these have in common makes none of them alike.
const MOST: usize = 40;

/// The module with its functions in another order: those of one type together, each behind the one that it has most in
/// common with.
///
/// # Errors
/// It is no module.
pub fn order(module: &[u8]) -> Result<Vec<u8>> {
    let (imported, types, bodies) = read(module)?;
    let mut of_type: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (place, ty) in types.iter().enumerate() {
        of_type.entry(*ty).or_default().push(place);
    }
    let order: Vec<usize> = of_type
        .into_values()
        .flat_map(|places| chain(&bodies, places))
        .collect();
    let mut numbers = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        numbers[*old] = imported + new as u32;
    }
    let mut reordered = Module::new();
    let mut reencoder = Reorder {
        imported,
        order,
        numbers,
    };
    reencoder
        .parse_core_module(&mut reordered, Parser::new(0), module)
        .map_err(|error| anyhow!("{error}"))
        .context("a module cannot be put into another order")?;
    Ok(reordered.finish())
}

/// How many functions are imported; of the others the types and the bodies.
type Functions<'a> = (u32, Vec<u32>, Vec<&'a [u8]>);

fn read(module: &[u8]) -> Result<Functions<'_>> {
    let (mut imported, mut types, mut bodies) = (0, Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => {
                types = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    Ok((imported, types, bodies))
}

/// The functions from the longest on, each behind the one that it has most in common with, for its length.
fn chain(bodies: &[&[u8]], mut left: Vec<usize>) -> Vec<usize> {
    left.sort_by_key(|place| std::cmp::Reverse(bodies[*place].len()));
    let runs: Vec<BTreeSet<&[u8]>> = left
        .iter()
        .map(|place| bodies[*place].windows(RUN).collect())
        .collect();
    let mut holders: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (place, runs) in runs.iter().enumerate() {
        for run in runs {
            holders.entry(run).or_default().push(place);
        }
    }
    holders.retain(|_, holders| (2..=MOST).contains(&holders.len()));
    let mut is_placed = vec![false; left.len()];
    let mut order = Vec::with_capacity(left.len());
    let mut next = (!left.is_empty()).then_some(0);
    while let Some(place) = next {
        is_placed[place] = true;
        order.push(left[place]);
        let mut common = vec![0.0; left.len()];
        for of_run in runs[place].iter().filter_map(|run| holders.get(run)) {
            for other in of_run {
                common[*other] += 1.0 / (of_run.len() - 1) as f64;
            }
        }
        let alike = |place: &usize| common[*place] / (runs[*place].len() + 50) as f64;
        // Of those that have nothing in common the longest.
        next = (0..left.len())
            .filter(|place| !is_placed[*place])
            .rev()
            .max_by(|a, b| alike(a).total_cmp(&alike(b)));
    }
    order
}

struct Reorder {
    imported: u32,
    /// Which function stands at each place.
    order: Vec<usize>,
    /// What each is called then.
    numbers: Vec<u32>,
}

impl Reencode for Reorder {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        let own = function.checked_sub(self.imported);
        let number = own.and_then(|own| self.numbers.get(own as usize));
        Ok(number.copied().unwrap_or(function))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for place in &self.order {
            functions.function(types[*place]);
        }
        Ok(())
    }

    /// Places that begin empty need nobody to empty them: the splitter says so of each part that comes later.
    fn parse_element(
        &mut self,
        elements: &mut ElementSection,
        element: Element<'_>,
    ) -> Result<(), Error<Infallible>> {
        let mut is_empty = matches!(element.kind, ElementKind::Active { .. });
        if let ElementItems::Expressions(_, items) = &element.items {
            for item in items.clone() {
                let first = item?.get_operators_reader().read()?;
                is_empty &= matches!(first, Operator::RefNull { .. });
            }
            if is_empty {
                return Ok(());
            }
        }
        utils::parse_element(self, elements, element)
    }

    /// What no engine needs.
    fn parse_custom_section(
        &mut self,
        _: &mut Module,
        _: CustomSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for place in self.order.clone() {
            self.parse_function_body(code, bodies[place].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together() {
        let long = [b"0123456789abcdef".repeat(2), b"-first".to_vec()].concat();
        let other = b"nothing in common here".to_vec();
        let like = [b"0123456789abcdef".to_vec(), b"-second".to_vec()].concat();
        let bodies: Vec<&[u8]> = vec![&other, &like, &long];
        assert_eq!(chain(&bodies, vec![0, 1, 2]), [2, 1, 0]);
    }
}
