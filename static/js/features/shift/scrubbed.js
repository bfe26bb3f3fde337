/**
 * An animation that goes where it is told: a browser that is told to expect movement moves a layer without putting all
 * of them together anew, as it does for a style that changes.
 *
 * @param {Element} element
 * @param {PropertyIndexedKeyframes} keyframes
 * @param {number} end  Of its time, which is never reached.
 * @returns {(time: number) => void}
 */
export function scrubbed(element, keyframes, end) {
  const animation = element.animate(keyframes, { duration: end, fill: "both" });
  animation.pause();
  let now = 0;
  return (time) => {
    if (time !== now) animation.currentTime = now = time;
  };
}
