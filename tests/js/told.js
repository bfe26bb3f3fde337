/** Nodes as the server describes them: the core is asked, through the server of these tests. */

/** @import { GraphNode } from "../../static/js/geometry/graph.js" */

/** @typedef {{name: string, kind: string, inputs?: string[], config?: Record<string, any>, output_shape?: number[]}} Sketch */

/**
 * A graph with shapes and what each node reads; of a layer's options those that follow from shapes can be left out. An
 * input says its `output_shape`.
 *
 * @param {readonly Sketch[]} nodes In topological order.
 * @returns {Promise<GraphNode[]>}
 */
export async function told(nodes) {
  const answer = await fetch("/told", { method: "POST", body: JSON.stringify(nodes) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}
