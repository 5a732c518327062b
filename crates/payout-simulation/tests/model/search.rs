//! Looking through all worlds.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use stateright::{Checker, Expectation, HasDiscoveries, Model};

use crate::protocol::{Protocol, Step};
use crate::world::World;

/// What was found when there was nothing more to look at.
#[derive(Debug)]
pub(crate) struct Explored {
    /// How many different worlds there are.
    pub(crate) worlds: usize,
    /// Properties that do not hold, each with a story that leads there.
    pub(crate) violated: Vec<String>,
    /// Things that should be possible and are not.
    pub(crate) unreachable: Vec<&'static str>,
}

/// How a world comes about: what happens, and where that leads.
pub(crate) struct Story(Vec<(World, Option<Step>)>);

impl Story {
    /// How many things happen in it.
    pub(crate) fn steps(&self) -> usize {
        self.0.iter().filter(|(_, step)| step.is_some()).count()
    }

    /// One line for each thing that happens, with the state that the payout was in before.
    pub(crate) fn told(&self) -> String {
        let mut text = String::new();
        for (world, step) in &self.0 {
            let step = step.map_or_else(|| "the end".into(), |step| format!("{step:?}"));
            let _ =
                writeln!(text, "  {} {:<24} {step}", world.now, world.payout.state().to_string());
        }
        text
    }
}

/// Looks at every world that can come about.
pub(crate) fn explore(protocol: Protocol) -> Explored {
    let checker = protocol.checker().spawn_bfs().join();
    let found = checker.discoveries();
    let mut explored = Explored {
        worlds: checker.unique_state_count(),
        violated: Vec::new(),
        unreachable: Vec::new(),
    };
    for property in protocol.properties() {
        match (property.expectation, found.get(property.name)) {
            (Expectation::Always, Some(path)) => {
                let story = Story(path.clone().into_vec());
                explored.violated.push(format!("not so: {}\n{}", property.name, story.told()));
            }
            (Expectation::Sometimes, None) => explored.unreachable.push(property.name),
            (Expectation::Always, None)
            | (Expectation::Sometimes, Some(_))
            | (Expectation::Eventually, _) => {}
        }
    }
    explored
}

/// The shortest story in which this property does not hold.
pub(crate) fn counterexample(protocol: Protocol, property: &'static str) -> Option<Story> {
    let mut shortest = search(protocol, property, None)?;
    // The first that is found is nearly the shortest: a search ends with a block of work.
    while let Some(shorter) = search(protocol, property, Some(shortest.steps())) {
        shortest = shorter;
    }
    Some(shortest)
}

/// Looks for a story with less than so many steps.
fn search(protocol: Protocol, property: &'static str, below: Option<usize>) -> Option<Story> {
    let mut checker =
        protocol.checker().finish_when(HasDiscoveries::AnyOf(BTreeSet::from([property])));
    if let Some(below) = below {
        // The depth counts worlds, and there is one more of them than of steps.
        checker = checker.target_max_depth(below.saturating_add(1));
    }
    let path = checker.spawn_bfs().join().discovery(property)?;
    Some(Story(path.into_vec()))
}
