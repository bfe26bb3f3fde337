import { channels } from "../../state/channels.js";
import { answerQuiz, nextPair, strongerOf } from "../../state/channels-loading.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setHidden } from "../../widgets/dom.js";
import { photo } from "./pictures.js";
import { said } from "./words.js";

/** @import { Quiz } from "../../state/channels-types.js" */

/** Two photos that are not on the card: which excites the channel more? The network answers. */
export class ChannelQuiz extends BaseElement {
  /** @override */
  connected() {
    this.watch(channels.quiz, channels.score, channels.card);
  }

  /** @override */
  paint() {
    const quiz = channels.quiz.value;
    const card = channels.card.value;
    const fits = quiz && card && quiz.node === card.node && quiz.channel === card.channel;
    setHidden(this, !fits);
    if (!fits) return;
    const [first, second] = [0, 1].map((side) => this.#photo(quiz, side));
    if (first && second) this.replaceChildren(first, this.#text(quiz), second);
  }

  /** @param {Quiz} quiz @param {number} side */
  #photo(quiz, side) {
    const right = quiz.values && strongerOf(quiz.values) === side;
    const wrong = quiz.values && !right && quiz.said === side;
    const mark = right ? "right" : wrong ? "wrong" : "";
    const value = quiz.values?.[side];
    const told = value === undefined ? [] : [h("b", { class: "num", "data-value": value }, said(value))];
    const number = quiz.photos[side] ?? 0;
    const button = h("button", { type: "button", class: `q-photo ${mark}`, "aria-label": `Photo ${side + 1}`, disabled: quiz.said !== null }, photo(number, `Photo ${side + 1} of the pair`), h("kbd", {}, String(side + 1)), ...told);
    button.addEventListener("click", () => void answerQuiz(this.subject, side));
    return button;
  }

  /** @param {Quiz} quiz */
  #text(quiz) {
    const { right, asked } = channels.score.value[quiz.node] ?? { right: 0, asked: 0 };
    const next = h("button", { type: "button", class: `btn${quiz.values ? " primary" : ""}`, title: "N" }, quiz.values ? "Next pair" : "Another pair");
    next.addEventListener("click", () => void nextPair(this.subject, quiz.turn + 1));
    const score = asked ? ["You: ", h("b", {}, `${right} of ${asked}`), " on this layer. "] : [];
    return h(
      "div",
      { class: "q-text" },
      h("h3", {}, "Which of these two excites it more?"),
      h("p", { "aria-live": "polite" }, ...verdict(quiz)),
      h("p", { class: "q-score num" }, ...score, h("span", {}, "People reach 92 % from real patches and 82 % from synthetic pictures (Borowski 2021).")),
      next,
    );
  }
}

/** @param {Quiz} quiz */
function verdict({ said: chosen, values }) {
  if (chosen === null) return ["Neither is on the card above. Decide, then click: the network answers."];
  if (!values) return ["The network is asked…"];
  const best = strongerOf(values);
  const yes = chosen === best;
  return [h("b", { class: yes ? "good" : "bad" }, yes ? "Yes. " : "No. "), `${said(values[best] ?? 0)} against ${said(values[1 - best] ?? 0)}, measured just now.`];
}

customElements.define("channel-quiz", ChannelQuiz);
