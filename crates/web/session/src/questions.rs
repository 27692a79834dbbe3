//! The requests to the Worker, and which comes next.

use std::collections::VecDeque;

use inference_messages::PreferredBackend;

/// Questions that wait, and the one that is under way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Questions {
    under_way: Option<PendingQuestion>,
    /// Whether the image on the page is still to be asked about.
    image_waits: bool,
    layers: Option<(u32, Vec<String>)>,
    asides: VecDeque<u32>,
}

#[derive(Clone, Debug, PartialEq)]
struct PendingQuestion {
    task: u32,
    question: Question,
    /// Whether the answer is no longer needed.
    dropped: bool,
}

/// A question that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// The image on the page, with the backend that was preferred when it was sent.
    Image(PreferredBackend),
    /// An image aside.
    Aside(u32),
    /// Layers, by the page's number for the question.
    Layers(u32),
}

/// What can be sent next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NextQuestion {
    Image,
    Layers(u32, Vec<String>),
    Aside(u32),
}

impl Questions {
    /// Whether a reader waits for an answer about the image on the page.
    pub(crate) fn reader_waits(&self) -> bool {
        let asked = self
            .under_way
            .as_ref()
            .is_some_and(|asked| !asked.dropped && !matches!(asked.question, Question::Aside(_)));
        asked || self.image_waits || self.layers.is_some()
    }

    /// Whether the Worker computes something that somebody waits for.
    pub(crate) fn something_is_under_way(&self) -> bool {
        self.under_way.as_ref().is_some_and(|asked| !asked.dropped)
    }

    /// Whether the image on the page waits for its turn.
    pub(crate) fn image_waits(&self) -> bool {
        self.image_waits
    }

    /// Has the image on the page asked about next. Layers of an earlier image need no answer: returns the numbers of the
    /// questions about them.
    pub(crate) fn want_image(&mut self) -> Vec<u32> {
        self.image_waits = true;
        self.drop_layers()
    }

    /// Has layers asked for; a question about layers that waits is replaced, and its number returned.
    pub(crate) fn want_layers(&mut self, question: u32, layers: Vec<String>) -> Option<u32> {
        self.layers.replace((question, layers)).map(|(replaced, _)| replaced)
    }

    pub(crate) fn add_aside(&mut self, image: u32) {
        self.asides.push_back(image);
    }

    /// Forgets the images aside that wait, and returns their numbers.
    pub(crate) fn forget_asides(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.asides).into()
    }

    /// Takes the next question, unless one is under way; layers wait until the image on the page `is_answered`. The caller
    /// sends it and says so with [`Questions::sent`].
    pub(crate) fn next(&mut self, is_answered: bool) -> Option<NextQuestion> {
        if self.under_way.is_some() {
            return None;
        }
        if std::mem::take(&mut self.image_waits) {
            return Some(NextQuestion::Image);
        }
        if let Some((question, layers)) = self.layers.take_if(|_| is_answered) {
            return Some(NextQuestion::Layers(question, layers));
        }
        self.asides.pop_front().map(NextQuestion::Aside)
    }

    pub(crate) fn sent(&mut self, task: u32, question: Question) {
        self.under_way = Some(PendingQuestion { task, question, dropped: false });
    }

    /// The question that a report answers: `None` if it was not this task, or its answer is no longer needed.
    pub(crate) fn answered(&mut self, task: u32) -> Option<Question> {
        let asked = self.under_way.take_if(|asked| asked.task == task)?;
        (!asked.dropped).then_some(asked.question)
    }

    /// Whether this task is under way and somebody waits for it.
    pub(crate) fn waits_for(&self, task: u32) -> bool {
        self.under_way.as_ref().is_some_and(|asked| asked.task == task && !asked.dropped)
    }

    /// The model changes: questions to the last one are dropped and returned.
    pub(crate) fn leave_model(&mut self) -> Vec<Question> {
        self.image_waits = false;
        let mut dropped: Vec<_> =
            self.layers.take().map(|(question, _)| Question::Layers(question)).into_iter().collect();
        if let Some(asked) = self.under_way.as_mut().filter(|asked| !asked.dropped) {
            asked.dropped = true;
            dropped.push(asked.question);
        }
        dropped
    }

    /// The Worker is gone or failed: nothing is under way, and only images aside still wait. Returns what was under way and
    /// the numbers of questions about layers that get no answer.
    pub(crate) fn fail(&mut self) -> (Option<Question>, Vec<u32>) {
        self.image_waits = false;
        let dropped = self.layers.take().map(|(question, _)| question).into_iter().collect();
        let asked = self.under_way.take().filter(|asked| !asked.dropped);
        (asked.map(|asked| asked.question), dropped)
    }

    fn drop_layers(&mut self) -> Vec<u32> {
        let mut dropped: Vec<u32> = self.layers.take().map(|(question, _)| question).into_iter().collect();
        if let Some(PendingQuestion { question: Question::Layers(question), dropped: gone @ false, .. }) =
            &mut self.under_way
        {
            *gone = true;
            dropped.push(*question);
        }
        dropped
    }
}
