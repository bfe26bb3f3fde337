/** What was found in a file, and what only its owner knows: name, size, scaling, class names. */

import { grouped, shapeText } from "../../geometry/scale.js";
import { SCALINGS } from "../../geometry/scalings.js";
import { labelsIn } from "../../state/imports.js";
import { className } from "../../state/scene.js";
import { h } from "../../widgets/dom.js";
import { importBadge } from "./badge.js";
import { ImportPicture } from "./import-picture.js";

/** @import { ModelDetail } from "../../api/client.js" */
/** @import { Imported, ModelChange } from "../../state/imports.js" */
/** @import { Subject } from "../../state/subject.js" */

/** @typedef {ModelDetail & {imported: NonNullable<ModelDetail["imported"]>}} Brought */

const LONGEST_SIDE = 4096;

export class ImportForm {
  #name = h("input", { name: "name", maxlength: 120, required: true, autocomplete: "off", spellcheck: "false" });
  #height = sideInput("height");
  #width = sideInput("width");
  #file = h("input", { type: "file", class: "sr-only", accept: ".txt,.json,.csv,text/plain,application/json", tabindex: -1, "aria-label": "File of labels" });
  #labelled = h("span");
  #trouble = h("p", { class: "import-trouble", role: "alert", hidden: true });
  #picture;
  #badge;
  /** @type {string[] | null} */
  #labels = null;

  /**
   * @param {Subject} subject Its photo shows what the network gets.
   * @param {Brought} model
   */
  constructor(subject, model) {
    this.model = model;
    this.#picture = new ImportPicture(subject, model.input);
    this.#badge = importBadge(model.imported);
    this.#name.value = model.title;
    this.#height.value = String(model.input.height);
    this.#width.value = String(model.input.width);
    const rows = [row("Name", this.#name, "import-name"), this.#sizes(), this.#answer(), this.#classes(), this.#scalings()];
    this.element = h(
      "form",
      { class: "import-form", novalidate: true },
      this.#badge,
      factsOf(model),
      ...notesOf(model),
      ...rows.flatMap((each) => (each ? [each] : [])),
      this.#picture.element,
      this.#trouble,
    );
    this.element.addEventListener("input", (event) => event.target !== this.#file && event.target !== this.#name && this.#show());
    this.#show();
  }

  /** @param {Imported} imported What comparing the network has found. */
  tell(imported) {
    const badge = importBadge(imported);
    this.#badge.replaceWith(badge);
    this.#badge = badge;
    const facts = factsOf({ ...this.model, imported });
    this.element.querySelector(".import-facts")?.replaceWith(facts);
  }

  /** Nothing more is shown of the photo. */
  end() {
    this.#picture.end();
  }

  /**
   * What differs from what the server knows; null where something makes no sense, which is then said.
   *
   * @returns {ModelChange | null}
   */
  change() {
    const { title, input, imported } = this.model;
    const wrong = [this.#name, this.#height, this.#width].find((field) => !field.checkValidity());
    if (wrong) {
      this.say(wrong === this.#name ? "The network needs a name." : `Sides are whole numbers from 1 to ${LONGEST_SIDE}.`);
      wrong.focus();
      return null;
    }
    const { scaling, height, width, output, reading } = this.#asked();
    const sized = height !== input.height || width !== input.width;
    return {
      ...(this.#name.value.trim() !== title && { name: this.#name.value.trim() }),
      ...(scaling !== null && scaling !== imported.scaling && { scaling }),
      ...(output && output !== imported.output && { output }),
      ...(reading && reading !== imported.output_kind && { reading }),
      ...(this.#labels && { labels: this.#labels }),
      ...(sized && { height, width }),
    };
  }

  /** @param {string} text What is wrong; nothing where nothing is. */
  say(text) {
    this.#trouble.textContent = text;
    this.#trouble.hidden = !text;
  }

  #asked() {
    const said = new FormData(this.element);
    const [scaling, output, reading] = ["scaling", "output", "reading"].map((name) => (said.get(name) ? String(said.get(name)) : null));
    return { scaling: scaling ?? null, output, reading, height: Number(this.#height.value), width: Number(this.#width.value) };
  }

  #show() {
    this.say("");
    if (this.#height.checkValidity() && this.#width.checkValidity()) void this.#picture.show(this.#asked());
  }

  /** Asked for only where the file leaves a side open. */
  #sizes() {
    const { free } = this.model.imported;
    if (!("height" in free) && !("width" in free)) return null;
    this.#height.readOnly = !("height" in free);
    this.#width.readOnly = !("width" in free);
    const fields = h("span", { class: "import-sizes" }, this.#height, "×", this.#width, h("small", {}, "height × width: the file leaves them open"));
    return row("Input size", fields);
  }

  /** Which output is the answer, and what a row of numbers is read as; nothing where there is no choice. */
  #answer() {
    const { output, outputs, output_kind: kind } = this.model.imported;
    const several = outputs.length > 1 && select("output", outputs.map((each) => [each.name, `${each.name}: ${shapeText(each.shape)}, ${READINGS[each.kind]}`]), output);
    const kinds = /** @type {const} */ (["classes", "independent", "vector"]);
    const shape = outputs.find(({ name }) => name === output)?.shape ?? [];
    const isRow = shape.filter((side) => side > 1).length === 1;
    const reading = isRow && select("reading", kinds.map((each) => [each, READINGS[each]]), kind);
    const fields = [several, reading].filter((each) => each !== false);
    return fields.length ? row("Answer", h("span", { class: "import-classes" }, ...fields)) : null;
  }

  #classes() {
    const { imported, classes } = this.model;
    if (!classes.length || imported.output_kind === "maps") return null;
    this.#labelled.textContent = told(classes);
    const choose = h("button", { type: "button", class: "btn" }, "Names from a file…");
    choose.title = "One class a line, or JSON";
    choose.addEventListener("click", () => this.#file.click());
    this.#file.addEventListener("change", () => void this.#read());
    return row("Classes", h("span", { class: "import-classes" }, this.#labelled, choose, this.#file));
  }

  async #read() {
    const [file] = this.#file.files ?? [];
    if (!file) return;
    this.#file.value = "";
    const { length } = this.model.classes;
    try {
      const labels = labelsIn(await file.text());
      if (labels.length !== length) throw new Error(`${file.name} has ${grouped(labels.length)} names; this network tells ${grouped(length)} classes apart.`);
      this.#labels = labels;
      this.#labelled.textContent = told(labels);
      this.say("");
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  #scalings() {
    const own = this.model.imported.scaling === null ? [["", "As the file says", "its own mean and deviation"]] : [];
    const options = [...own, ...SCALINGS].map(([value = "", title = "", formula = ""]) => {
      const radio = h("input", { type: "radio", name: "scaling", value, checked: value === (this.model.imported.scaling ?? "") });
      return h("label", {}, radio, h("span", {}, h("b", {}, title), h("small", {}, formula)));
    });
    return h("fieldset", { class: "import-scalings" }, h("legend", {}, "How it wants pixels"), ...options);
  }
}

/** What an answer can be, in words. */
const READINGS = {
  classes: "one of several classes",
  independent: "a yes or no for each class",
  maps: "maps",
  vector: "other numbers",
};

/**
 * @param {string} name
 * @param {[string, string][]} options Value and words.
 * @param {string} chosen
 */
function select(name, options, chosen) {
  const choices = options.map(([value, words]) => h("option", { value, selected: value === chosen }, words));
  return h("select", { name, "aria-label": name === "output" ? "Output that is the answer" : "What the answer is" }, ...choices);
}

/** @param {string} name */
function sideInput(name) {
  return h("input", { name, type: "number", min: 1, max: LONGEST_SIDE, step: 1, required: true, "aria-label": `Input ${name}` });
}

/**
 * @param {string} title
 * @param {HTMLElement} field
 * @param {string} [id] Of the field that the title names.
 */
function row(title, field, id) {
  if (id) field.id = id;
  return h("div", { class: "import-row" }, id ? h("label", { for: id }, title) : h("span", {}, title), field);
}

/** @param {readonly string[]} classes */
function told(classes) {
  const numbered = classes.every((name, number) => name === String(number));
  const count = grouped(classes.length);
  if (numbered) return `${count}, known by their numbers alone`;
  return `${count}: ${classes.slice(0, 3).map(className).join(", ")}${classes.length > 3 ? "…" : ""}`;
}

/** @param {Brought} model */
function factsOf({ input, nodes, parameter_count: parameters, macs, imported, output, classes }) {
  const shape = nodes.find(({ name }) => name === output)?.output_shape ?? [];
  const answer = {
    classes: `${grouped(classes.length)} classes`,
    independent: `${grouped(classes.length)} classes, a yes or no each`,
    maps: `maps, ${shapeText(shape)}: no classes`,
    vector: `${shapeText(shape)} numbers: no classes`,
  };
  /** @type {[string, string][]} */
  const facts = [
    ["Input", shapeText([input.channels, input.height, input.width])],
    ["Layers", grouped(nodes.length - 1)],
    ["Parameters", grouped(parameters)],
    ["Multiply-adds", grouped(macs)],
    ["Answer", answer[imported.output_kind]],
    ["File", `${grouped(imported.file_bytes / 1000)} kB`],
    ...(imported.program ? [/** @type {[string, string]} */ (["Compared with", imported.program])] : []),
  ];
  return h("dl", { class: "import-facts num" }, ...facts.map(([term, text]) => h("div", {}, h("dt", {}, term), h("dd", {}, text))));
}

/** @param {Brought} model */
function notesOf({ imported: { notes } }) {
  return notes.length ? [h("ul", { class: "import-notes" }, ...notes.map((note) => h("li", {}, note)))] : [];
}
