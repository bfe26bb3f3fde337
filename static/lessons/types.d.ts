/** The shapes of the course: what a step asks, what is measured, and the texts of one language. */

/** Pages that a step can drive. */
export type PageName = "explore" | "shift" | "explain" | "train";

/**
 * What a page has to compute before a step can be measured: one step of a race, a race from its first step to its last,
 * an atlas of what every channel does on the samples.
 */
export type Needs = "step" | "race" | "atlas";

export type Concept =
  | "input"
  | "convolution"
  | "sharing"
  | "field"
  | "equivariance"
  | "pooling"
  | "gradients"
  | "prior"
  | "architectures"
  | "explaining";

/** A measure and what it is told, as in `error(conv_1_2,1)`. */
export type Call = string;

/** What must hold on the learner's own photo and network for a step's answer to be right. */
export interface Condition {
  measure: Call;
  is: "=" | "<" | ">";
  than: number | Call;
}

/** One of several answers, whose texts and hints are the language's. */
export interface Choice {
  kind: "choice";
  /** Number of the right one, or the measure that gives it. */
  right: number | Call;
  holds: readonly Condition[];
}

/** A number to be typed. */
export interface Count {
  kind: "number";
  right: Call;
  /** How far off is still right; 0 without it. */
  tolerance?: number;
}

/** Something to be clicked on the page: a layer, or one map of a layer. */
export interface Click {
  kind: "click";
  /** The measure that names the layer, or a layer. */
  node: string;
  /** The measure that gives the channel; any without it. */
  channel?: Call;
}

export type Ask = Choice | Count | Click;

export interface Step {
  /** Of the step within its lesson; its texts stand under `<lesson>.<id>`. */
  id: string;
  page: PageName;
  /** What the address says besides photo and crop, as the page itself writes it. */
  view: Readonly<Record<string, string | number>>;
  /** What the page does by itself on the reveal. */
  after?: Readonly<Record<string, string | number>>;
  /** The place to look at, by a name that pages publish. */
  target: string;
  /** What gives the answer away, by such names. */
  veil?: readonly string[];
  /** What has to be computed first; the step itself begins it. */
  needs?: Needs;
  ask: Ask | null;
  /** What stands on the reveal, in this order. */
  measures: readonly Call[];
  concept: Concept;
}

export interface Lesson {
  id: string;
  minutes: number;
  steps: readonly Step[];
}

/** One of the practice questions; `lesson`: one of the five every class is asked. */
export interface Question extends Step {
  lesson?: boolean;
}

/** The texts of one step. `{measure}` stands for a measured number. */
export interface StepText {
  /** One sentence, or two; a question of the practice has none. */
  say?: string;
  ask: string;
  /** Of a choice, in its order. */
  options?: readonly string[];
  /** Of each wrong answer of a choice, by its number; `any` of every other. */
  hints: Readonly<Record<number | "any", string>> | Readonly<Record<string, string>>;
  unit?: string;
  /** The name of each measure on the reveal. */
  got: readonly string[];
  means: string;
}

export interface Texts {
  language: string;
  /** The language's own name. */
  name: string;
  /** How it writes numbers. */
  locale: string;
  chapters: Readonly<Record<string, { title: string; why: string }>>;
  concepts: Readonly<Record<Concept, string>>;
  steps: Readonly<Record<string, StepText>>;
  basics: Readonly<Record<string, { title: string; about: string }>>;
  leads: Readonly<Record<string, { title: string; about: string }>>;
  /** What the panel and the page of the course say. */
  words: Readonly<Record<string, string>>;
}
