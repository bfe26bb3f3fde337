import { ApiProblem, getJson, urls } from "../../api/client.js";
import { grouped } from "../../geometry/scale.js";
import { changeModel, removeModel, sendModel, verifyModel } from "../../state/imports.js";
import { switchModel } from "../../state/switching.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, s } from "../../widgets/dom.js";
import { styles } from "../../widgets/styles.js";
import { ImportForm } from "./import-form.js";

/** @import { ModelDetail } from "../../api/client.js" */
/** @import { ImportFields } from "../../state/imports.js" */
/** @import { Brought } from "./import-form.js" */

const CONVERT = 'torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), "my.onnx", external_data=False)';

/** The window in which a network of one's own is brought, looked through, described and removed. */
export class ModelImport extends BaseElement {
  #title = h("h2", { id: "import-title" });
  #body = h("div", { class: "import-body" });
  #foot = h("div", { class: "window-foot" });
  #file = h("input", { type: "file", class: "sr-only", accept: ".onnx,.data,.zip", multiple: true, tabindex: -1, "aria-label": "ONNX file" });
  #dialog = h("dialog", { class: "window import", "aria-labelledby": "import-title" });
  #work = new AbortController();
  /** Goes on when the window is closed. */
  #comparing = new AbortController();
  /** @type {ImportForm | null} */
  #form = null;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const close = h("button", { class: "btn icon", type: "button", "aria-label": "Close" }, cross());
    close.addEventListener("click", () => this.#dialog.close(), { signal });
    this.#dialog.append(h("div", { class: "window-head" }, this.#title, close), this.#body, this.#foot, this.#file);
    this.replaceChildren(this.#dialog);
    this.#file.addEventListener("change", () => this.#chosen(), { signal });
    this.#dialog.addEventListener("close", () => this.#end(), { signal });
  }

  /** Ask for a file. */
  ask() {
    const choose = h("button", { type: "button", class: "btn primary", autofocus: true }, "Choose a file");
    choose.addEventListener("click", () => this.#file.click());
    this.#show("Open a model of your own", [
      h("p", { class: "import-lead" }, "Drop an ", h("b", {}, ".onnx"), " file on the page, or choose one here; weights in files of their own come together with it, or all in a zip. Every layer is then compared with what another program computes from the same file, and the model stays in this server’s data folder until you remove it."),
      h("p", { class: "import-lead" }, "A PyTorch network becomes such a file with one line:"),
      h("code", { class: "import-code" }, CONVERT),
    ], [spring(), choose]);
  }

  /**
   * Send a file, and those of its weights, and show what was found.
   *
   * @param {File} file
   * @param {ImportFields} [fields]
   * @param {File[]} [beside]
   */
  async take(file, fields = {}, beside = []) {
    const step = h("p", { role: "status" }, "Sending…");
    const bar = h("progress", { max: file.size, value: 0, "aria-label": "Sent" });
    const cancel = h("button", { type: "button", class: "btn", autofocus: true }, "Cancel");
    cancel.addEventListener("click", () => this.#dialog.close());
    this.#show(file.name, [step, bar], [spring(), cancel]);
    const { signal } = this.#work;
    const onProgress = (/** @type {number} */ sent, /** @type {number} */ total) => {
      bar.max = total;
      bar.value = sent;
      const amount = `${grouped(sent / 1000)} of ${grouped(total / 1000)} kB`;
      if (sent < total) return void (step.textContent = `Sending: ${amount}`);
      bar.removeAttribute("value");
      step.textContent = "Reading it\u2026";
    };
    try {
      const model = await sendModel(file, { fields, beside, onProgress, signal });
      if (!signal.aborted) this.#found(model);
    } catch (error) {
      if (!signal.aborted) this.#failed(error, file, beside);
    }
  }

  /**
   * Show what is known of a network that was brought before.
   *
   * @param {string} id
   */
  async describe(id) {
    this.#show("Your model", [h("p", { role: "status" }, "Reading…")], []);
    const { signal } = this.#work;
    try {
      const model = await getJson(urls.model(id), signal);
      if (!signal.aborted) this.#found(model);
    } catch (error) {
      if (!signal.aborted) this.#failed(error, null);
    }
  }

  #chosen() {
    const files = [...(this.#file.files ?? [])];
    this.#file.value = "";
    const file = files.find(({ name }) => /\.onnx$/i.test(name)) ?? files[0];
    if (file) void this.take(file, {}, files.filter((each) => each !== file));
  }

  #end() {
    this.#work.abort();
    this.#form?.end();
    this.#form = null;
  }

  /**
   * @param {string} title
   * @param {readonly HTMLElement[]} body
   * @param {readonly HTMLElement[]} foot
   */
  #show(title, body, foot) {
    this.#end();
    this.#work = new AbortController();
    this.#title.textContent = title;
    this.#body.replaceChildren(...body);
    this.#foot.replaceChildren(...foot);
    if (!this.#dialog.open) this.#dialog.showModal();
    /** @type {HTMLElement | null} */ (this.#dialog.querySelector("[autofocus]"))?.focus();
  }

  /** @param {ModelDetail} model */
  #found(model) {
    if (!model.imported) return;
    const form = new ImportForm(this.subject, /** @type {Brought} */ (model));
    const open = h("button", { type: "submit", class: "btn primary", form: "import-form", autofocus: true }, "Use this model");
    const remove = h("button", { type: "button", class: "btn" }, "Remove");
    remove.title = "The server forgets the file";
    this.#show(model.title, [form.element], [remove, spring(), open]);
    this.#form = form;
    form.element.id = "import-form";
    form.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#look(model, form, open);
    });
    remove.addEventListener("click", () => {
      this.#comparing.abort();
      void this.#busy(remove, form, async () => removeModel(this.subject, model.id));
    });
    if (model.imported.pending) void this.#compare(model.id, form);
    else view.announcement.value = model.imported.verification;
  }

  /**
   * Have every layer compared, and tell what was found; the network can be looked at meanwhile.
   *
   * @param {string} id
   * @param {ImportForm} form
   */
  async #compare(id, form) {
    this.#comparing = new AbortController();
    const { signal } = this.#comparing;
    try {
      const told = await verifyModel(id, signal);
      form.tell(told);
      view.announcement.value = told.verification;
    } catch (error) {
      if (!signal.aborted) form.say(saying(error));
    }
  }

  /**
   * Say what was changed, and look with the network.
   *
   * @param {ModelDetail} model
   * @param {ImportForm} form
   * @param {HTMLButtonElement} button
   */
  async #look(model, form, button) {
    const change = form.change();
    if (!change) return;
    const changed = Object.keys(change).length > 0;
    await this.#busy(button, form, async () => {
      if (changed) await changeModel(model.id, change);
      void switchModel(this.subject, model.id, changed);
    });
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {ImportForm} form
   * @param {() => Promise<void>} act
   */
  async #busy(button, form, act) {
    button.disabled = true;
    form.say("");
    try {
      await act();
      this.#dialog.close();
    } catch (error) {
      form.say(saying(error));
    }
    button.disabled = false;
  }

  /**
   * @param {unknown} error
   * @param {File | null} file
   * @param {File[]} [beside]
   */
  #failed(error, file, beside = []) {
    const [title, detail] = error instanceof ApiProblem ? [error.title, error.detail] : ["The page could not read the answer", String(error)];
    const other = h("button", { type: "button", class: "btn primary", autofocus: true }, "Choose another file");
    other.addEventListener("click", () => this.#file.click());
    const said = h("div", { class: "import-refusal", role: "alert" }, h("b", {}, `${title}.`), h("p", {}, detail));
    const kept = h("p", { class: "import-lead" }, "Nothing was kept, and the model on the page is still there.");
    this.#show(file?.name ?? "Your model", [said, kept, ...(file ? [this.#again(file, beside)] : [])], [spring(), other]);
  }

  /**
   * The same file at another size: where it leaves its size open, that can be all that is wrong.
   *
   * @param {File} file
   * @param {File[]} beside
   */
  #again(file, beside) {
    const side = (/** @type {string} */ name) => h("input", { name, type: "number", min: 1, max: 4096, required: true, value: 224, "aria-label": `Input ${name}` });
    const form = h("form", { class: "import-again" }, "Height × width", side("height"), "×", side("width"), h("button", { class: "btn" }, "Try again"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { height, width } = Object.fromEntries(new FormData(form));
      void this.take(file, { height: String(height), width: String(width) }, beside);
    });
    return h("details", {}, h("summary", {}, "Perhaps it wants another input size"), form);
  }
}

customElements.define("model-import", ModelImport);

/** @param {unknown} error */
const saying = (error) => (error instanceof ApiProblem ? `${error.title}. ${error.detail}` : String(error));

const spring = () => h("span", { class: "spring" });

function cross() {
  const path = s("path", { d: "M1 1l10 10M11 1L1 11", fill: "none", stroke: "currentColor", "stroke-width": 1.5 });
  return s("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" }, path);
}

/** @returns {Promise<ModelImport>} The page's one, made when it is first wanted. */
async function theDialog() {
  await styles("import");
  const there = document.querySelector("model-import");
  if (there instanceof ModelImport) return there;
  const made = new ModelImport();
  document.body.append(made);
  return made;
}

/** Ask for a network's file. */
export const askForModel = async () => (await theDialog()).ask();

/** @param {File[]} files A network that was dropped, and the files of its weights. */
export const takeModel = async ([file, ...beside]) => void (file && (await theDialog()).take(file, {}, beside));

/** @param {string} id A network that was brought before. */
export const describeModel = async (id) => (await theDialog()).describe(id);
