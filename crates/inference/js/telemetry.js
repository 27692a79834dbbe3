/** Stands in for `ort-web`'s beacon: nothing leaves the page. */
export const trackSessionInit = () => false;
