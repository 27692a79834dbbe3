/**
 * Counts what the graphics card is given, so that the page can say what really computed, and watches whether the card is lost.
 * The Worker's module imports this before anything asks for a card.
 */

let submitted = 0;
if ("GPUQueue" in self) {
  const submit = GPUQueue.prototype.submit;
  GPUQueue.prototype.submit = function (...commands) {
    submitted += 1;
    return submit.apply(this, commands);
  };
}

/** What the browser said when the last device was lost. @type {string | undefined} */
let lost;
if ("GPUAdapter" in self) {
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...wishes) {
    const device = await requestDevice.apply(this, wishes);
    lost = undefined;
    device.lost.then(({ message }) => (lost = message));
    return device;
  };
}

/** Batches of work that the graphics card was given since the Worker began. */
export const submissions = () => submitted;

/** What the browser said when the card was lost; undefined while it is there. */
export const lostWords = () => lost;
