//! The protocol as a model: what can happen in a world.

use stateright::{Model, Property};

use crate::bounds::{LAST_TICK, TRANSMISSIONS, Tick, WORKERS};
use crate::operators::Operator;
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
    /// Whether operators do anything, and the configuration changes.
    pub(crate) has_operators: bool,
    /// Whether the store can be copied and put back.
    pub(crate) has_backups: bool,
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
    FindAnotherProfile,
    LetGoOn,
    CallOff,
    SayNeverSubmitted(Operator),
    PassOn(usize),
    SeeReturn(usize),
    BackUp,
    PutBack,
}

impl Protocol {
    /// Our protocol while nobody has to help.
    pub(crate) fn ours() -> Self {
        Self {
            planted: None,
            transmissions: TRANSMISSIONS,
            last_tick: LAST_TICK,
            has_operators: false,
            has_backups: false,
        }
    }

    /// Our protocol with operators. Much more can happen now, so there is less to send.
    pub(crate) fn operated() -> Self {
        Self { transmissions: 2, last_tick: 5, has_operators: true, ..Self::ours() }
    }

    /// Our protocol over a store that goes back in time. Everything can happen before and after that,
    /// so the clock and the configuration stay as they are.
    pub(crate) fn put_back() -> Self {
        Self { transmissions: 2, last_tick: 4, has_backups: true, ..Self::ours() }
    }

    /// The same protocol with this error.
    pub(crate) fn with(self, planted: Planted) -> Self {
        Self { planted: Some(planted), ..self }
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World::start()]
    }

    fn actions(&self, _: &World, steps: &mut Vec<Step>) {
        steps.extend([Step::Tick, Step::SeeNothing]);
        if self.has_backups {
            steps.extend([Step::BackUp, Step::PutBack]);
        } else {
            steps.push(Step::ClockGoesBack);
        }
        if self.has_operators {
            steps.extend([Step::FindAnotherProfile, Step::LetGoOn, Step::CallOff]);
            steps.extend([Step::PassOn(0), Step::PassOn(1)]);
        }
        if self.has_operators || self.has_backups {
            steps.extend(Operator::BOTH.map(Step::SayNeverSubmitted));
        }
        for worker in 0..WORKERS {
            let of_worker = [Step::Claim, Step::Send, Step::Receive, Step::GiveUp, Step::Crash];
            steps.extend(of_worker.map(|step| step(worker)));
        }
        for place in 0..TRANSMISSIONS {
            steps.push(Step::Echo(place));
            steps.extend(Reaction::ALL.map(|reaction| Step::Arrive(place, reaction)));
        }
        for number in 0..2 {
            steps.push(Step::SeeReturn(number));
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
            Step::FindAnotherProfile => steps.find_another_profile(),
            Step::LetGoOn => steps.let_go_on(),
            Step::CallOff => steps.call_off(),
            Step::SayNeverSubmitted(who) => steps.say_never_submitted(who),
            Step::PassOn(number) => steps.pass_on(number),
            Step::SeeReturn(number) => steps.see_return(number),
            Step::BackUp => steps.back_up(),
            Step::PutBack => steps.put_back(),
        }?;
        world.settle();
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all(self)
    }
}
