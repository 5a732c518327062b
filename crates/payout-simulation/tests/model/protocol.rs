//! The protocol as a model: what can happen in a world.

use stateright::{Model, Property};

use crate::bounds::{LAST_TICK, TRANSMISSIONS, Tick, WORKERS};
use crate::planted::Planted;
use crate::properties;
use crate::provider::{Reaction, Standing};
use crate::steps::Steps;
use crate::world::World;

/// The protocol, with an error or without.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Protocol {
    /// The error, if there is one.
    pub(crate) planted: Option<Planted>,
    /// How many transmissions there are at most.
    pub(crate) transmissions: usize,
    /// When the exploration ends.
    pub(crate) last_tick: Tick,
}

/// Something happens. Workers, transmissions and the provider's payouts go by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Tick,
    ClockGoesBack,
    Claim(usize),
    Send(usize),
    Crash(usize),
    GiveUp(usize),
    Receive(usize),
    Arrive(usize, Reaction),
    Echo(usize),
    Proceed(usize, Standing),
    Hear(usize, Standing),
    SeeNothing,
}

impl Protocol {
    /// Our protocol.
    pub(crate) fn ours() -> Self {
        Self { planted: None, transmissions: TRANSMISSIONS, last_tick: LAST_TICK }
    }

    /// Our protocol with this error.
    pub(crate) fn with(planted: Planted) -> Self {
        Self { planted: Some(planted), ..Self::ours() }
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World::start()]
    }

    fn actions(&self, _: &World, steps: &mut Vec<Step>) {
        steps.extend([Step::Tick, Step::ClockGoesBack, Step::SeeNothing]);
        for worker in 0..WORKERS {
            let of_worker = [Step::Claim, Step::Send, Step::Receive, Step::GiveUp, Step::Crash];
            steps.extend(of_worker.map(|step| step(worker)));
        }
        for place in 0..TRANSMISSIONS {
            steps.push(Step::Echo(place));
            steps.extend(Reaction::ALL.map(|reaction| Step::Arrive(place, reaction)));
        }
        for number in 0..2 {
            steps.extend(Standing::ALL.map(|standing| Step::Proceed(number, standing)));
            steps.extend(Standing::ALL.map(|standing| Step::Hear(number, standing)));
        }
    }

    fn next_state(&self, last: &World, step: Step) -> Option<World> {
        let mut world = last.clone();
        let mut steps = Steps { world: &mut world, protocol: *self };
        match step {
            Step::Tick => steps.tick(),
            Step::ClockGoesBack => steps.clock_goes_back(),
            Step::Claim(worker) => steps.claim(worker),
            Step::Send(worker) => steps.send(worker),
            Step::Crash(worker) => steps.crash(worker),
            Step::GiveUp(worker) => steps.give_up(worker),
            Step::Receive(worker) => steps.receive(worker),
            Step::Arrive(place, reaction) => steps.arrive(place, reaction),
            Step::Echo(place) => steps.echo(place),
            Step::Proceed(number, standing) => steps.proceed(number, standing),
            Step::Hear(number, standing) => steps.hear(number, standing),
            Step::SeeNothing => steps.see_nothing(),
        }?;
        world.settle();
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}
