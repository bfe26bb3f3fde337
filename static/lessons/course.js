/** The course: its lessons in order, the practice questions, and what both build on. */

import { basics } from "./basics.js";
import { depth } from "./depth.js";
import { filters } from "./filters.js";
import { learning } from "./learning.js";
import { move } from "./move.js";
import { networks } from "./networks.js";
import { pooling } from "./pooling.js";
import { questions } from "./questions.js";
import { sharing } from "./sharing.js";
import { trust } from "./trust.js";
import { value } from "./value.js";

/** @import { Lesson } from "./types.js" */

/** @type {readonly Lesson[]} */
export const CHAPTERS = [value, filters, sharing, depth, move, pooling, learning, networks, trust];

/** @type {Lesson} */
export const PRACTICE = { id: "practice", minutes: 15, steps: questions };

/** What the course builds on. @type {Lesson} */
export const BASICS = basics;

/** The lesson's own questions, asked once before the course and once after it, without a hint or a reveal. */
const own = questions.filter(({ lesson }) => lesson);
/** @type {Lesson} */
export const BEFORE = { id: "before", minutes: 3, steps: own };
/** @type {Lesson} */
export const AFTER = { id: "after", minutes: 3, steps: own };

/** Every lesson with texts of its own. @type {readonly Lesson[]} */
export const LESSONS = [...CHAPTERS, PRACTICE, BASICS];
