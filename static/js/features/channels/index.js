/** What a channel detects: layers, a wall of channels, the card of one. */

import { channels, stepOnWall } from "../../state/channels.js";
import { answerQuiz, nextPair } from "../../state/channels-loading.js";
import { onKeys } from "../../widgets/keys.js";
import "./atlas-panel.js";
import "./channel-card.js";
import "./channel-dock.js";
import "./channel-flow.js";
import "./channel-here.js";
import "./channel-made.js";
import "./channel-quiz.js";
import { ChannelWall } from "./channel-wall.js";

/** @import { Subject } from "../../state/subject.js" */

const ANSWER = "Which of the two photos excites it more";

/**
 * The keys of this half of the page: arrows go along the wall, `/` searches, 1 and 2 answer, N asks again.
 *
 * @param {Subject} subject
 */
export function channelKeys(subject) {
  const here = (/** @type {() => void} */ act) => () => (channels.active.value ? act() : false);
  const step = (/** @type {number} */ by) => /** @type {const} */ (["Channel before, after", here(() => stepOnWall(by))]);
  onKeys({
    ArrowLeft: step(-1),
    ArrowUp: step(-1),
    ArrowRight: step(1),
    ArrowDown: step(1),
    1: [ANSWER, here(() => void answerQuiz(subject, 0))],
    2: [ANSWER, here(() => void answerQuiz(subject, 1))],
    n: ["Ask about other photos", here(() => void nextPair(subject, (channels.quiz.value?.turn ?? -1) + 1))],
    "/": [
      "Find a channel",
      here(() => {
        const wall = document.querySelector("channel-wall");
        if (wall instanceof ChannelWall) wall.search();
      }),
    ],
  });
}
