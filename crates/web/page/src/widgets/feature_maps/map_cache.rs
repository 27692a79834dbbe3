//! What the book keeps of the samples: fetched when it is shown, each file once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use catalog::manifest::ModelFile;
use catalog::precomputed::{MAPS, PrecomputedMaps, mosaic_file};
use kit::failure::Failure;
use kit::fetched;
use kit::picture::DrawnLesion;

use super::content::LayerContent;

const LIST: &str = "The book's list of feature maps";
const MOSAIC: &str = "The book's picture of the feature maps";

/// Lists and levels that were fetched, by address.
#[derive(Default)]
pub(super) struct MapCache {
    lists: RefCell<Vec<(String, Rc<PrecomputedMaps>)>>,
    levels: RefCell<Vec<(String, Rc<Vec<u8>>)>>,
    /// Files that came damaged so far: the browser may have kept them.
    damaged: Cell<u8>,
}

impl MapCache {
    /// What the book keeps of a drawn lesion at a layer; `None` if nothing.
    ///
    /// # Errors
    /// [`Failure`] in words for the reader: a file that does not come, or is damaged.
    pub(super) async fn content(
        &self,
        model: &ModelFile,
        drawn: DrawnLesion,
        layer: &str,
    ) -> Result<Option<LayerContent>, Failure> {
        let content = self.fetch(model, drawn, layer).await;
        if content.is_err() {
            self.damaged.set(self.damaged.get().saturating_add(1));
        }
        content
    }

    /// After a failure under another address, which the browser's cache does not know.
    fn fresh(&self, url: &str) -> String {
        match self.damaged.get() {
            0 => url.to_owned(),
            times => url.to_owned() + "?again=" + &times.to_string(),
        }
    }

    async fn fetch(
        &self,
        model: &ModelFile,
        drawn: DrawnLesion,
        layer: &str,
    ) -> Result<Option<LayerContent>, Failure> {
        let Some(folder) = folder(model) else { return Ok(None) };
        let list = self.list(folder, &model.sha256).await?;
        let Some(stop) = list.stop(drawn.diagnosis, drawn.seed, layer) else { return Ok(None) };
        let Some([width, height]) = stop.mosaic() else {
            return LayerContent::precomputed(stop, &[]).map(Some).ok_or_else(|| fetched::damaged(LIST));
        };
        let url = folder.to_owned() + &mosaic_file(drawn.diagnosis, drawn.seed, layer);
        let levels = self.levels(&url, [width, height]).await?;
        let content = LayerContent::precomputed(stop, &levels).ok_or_else(|| fetched::damaged(MOSAIC))?;
        let mut all = self.levels.borrow_mut();
        // Only whole ones are kept: another try fetches a damaged one again.
        if all.iter().all(|(known, _)| *known != url) {
            all.push((url, levels));
        }
        Ok(Some(content))
    }

    async fn list(&self, folder: &str, model_sha256: &str) -> Result<Rc<PrecomputedMaps>, Failure> {
        if let Some((_, list)) = self.lists.borrow().iter().find(|(known, _)| known == folder) {
            return Ok(Rc::clone(list));
        }
        let list: PrecomputedMaps = fetched::json(&self.fresh(&(folder.to_owned() + MAPS)), LIST).await?;
        if list.model_sha256 != model_sha256 {
            return Err(fetched::damaged(LIST));
        }
        let list = Rc::new(list);
        self.lists.borrow_mut().push((folder.to_owned(), Rc::clone(&list)));
        Ok(list)
    }

    async fn levels(&self, url: &str, size: [usize; 2]) -> Result<Rc<Vec<u8>>, Failure> {
        if let Some((_, levels)) = self.levels.borrow().iter().find(|(known, _)| known == url) {
            return Ok(Rc::clone(levels));
        }
        let picture = fetched::pixels(&self.fresh(url), MOSAIC).await?;
        if [picture.width() as usize, picture.height() as usize] != size {
            return Err(fetched::damaged(MOSAIC));
        }
        Ok(Rc::new(picture.data().chunks_exact(3).map(|pixel| pixel[0]).collect()))
    }
}

/// The folder with a model's precomputed maps, if there are any.
pub(super) fn folder(model: &ModelFile) -> Option<&str> {
    model.precomputed.as_deref().filter(|_| model.precomputed_maps)
}
