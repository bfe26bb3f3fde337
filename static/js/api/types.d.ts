// Made by `make types` from the server's schemas; changes here are lost.

/** Share of ``n`` images of a split whose class came first, or among the first three. */
export interface AccuracySchema {
  top1: number;
  top3: number;
  n: number;
  split: string;
  /** How far its probabilities are from how often it is right, 15 bins; null: not measured. */
  calibration_error: number | null;
}

/** What a convolution would have to learn if it shared no weights, biases counted. */
export interface AlternativesSchema {
  /** A kernel of its own for every filter at every place. */
  locally_connected: number;
  /** Every output value connected to every input value. */
  dense: number;
}

/** A layer whose channels have cards; counts are null where there is no atlas yet. */
export interface AtlasLayer {
  node: string;
  channels: number;
  height: number;
  width: number;
  /** Rows and columns of the input that a value sees. */
  field: [number, number];
  /** From one field to the next; 0 where all are the same. */
  stride: [number, number];
  /** Where the first value's field begins. */
  offset: [number, number];
  dead?: number | null;
  rare?: number | null;
  twins?: number | null;
}

/** What every channel does on a set of photos. */
export interface AtlasSchema {
  id: string;
  model: string;
  title: string;
  photos: number;
  classes: string[];
  /** Photos it names rightly; null where it has other classes. */
  right: number | null;
  /** Files that are no readable image. */
  skipped: number;
  skipped_named: string[];
  /** Photos whose strongest values are kept: ranks are among these. */
  compared: number;
  layers: AtlasLayer[];
}

/** Whether a network has an atlas, or one is being made. */
export interface AtlasState {
  state: "none" | "computing" | "stopped" | "done";
  /** Photos surveyed. */
  photos: number;
  total: number;
  photos_a_second: number;
  seconds_left: number | null;
  step: string;
  workers: WorkerRow[];
  /** What stopped it, and what to do. */
  problem: string | null;
  atlas: AtlasSchema | null;
  layers: AtlasLayer[];
}

/** A half-open box of input pixels: rows top <= y < bottom, columns left <= x < right. */
export interface BoxSchema {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** What someone needs to know before trusting weights, and to make them again. */
export interface CardSchema {
  title: string;
  architecture: string;
  data: string;
  licence: string;
  /** What repeats the training. */
  command: string;
  seed: number;
  /** 0: the weights were drawn from the seed and never trained. */
  epochs: number;
  validation: AccuracySchema | null;
  /** None: nobody measured it. */
  doubts: DoubtErrorsSchema[];
  notes: string;
  /** Of the file of weights; 0: there is none. */
  size_bytes: number;
  /** Of training, on the machine that the notes name or on two cores. */
  hours: number;
}

/** After ``step`` a setting was no longer ``before`` but ``after``. */
export interface ChangeSchema {
  step: number;
  name: string;
  before: number | string;
  after: number | string;
}

/** Everything known of a channel. */
export interface ChannelCard {
  node: string;
  channel: number;
  side: number;
  top: PatchSchema[];
  /** What leaves it cold; values are those before a rectifier. */
  low: PatchSchema[];
  on: number;
  zeros: number;
  mean: number;
  edges: number[];
  /** Values in each bin of the histogram, zeros included. */
  counts: number[];
  zero_count: number;
  class_means: number[];
  best_class: number | null;
  separation: number | null;
  twin: TwinSchema | null;
  twinned: boolean;
  dead: boolean;
  sources: PartnerSchema[];
  targets: PartnerSchema[];
}

/** How a value stands among the strongest values on the atlas's photos. */
export interface ChannelRank {
  /** Share of the photos on which the channel stays below it. */
  below: number;
  photos: number;
}

/** A channel on the wall. */
export interface ChannelRow {
  channel: number;
  max: number;
  /** Share of photos on which it is above zero. */
  on: number;
  /** Share of its values that are zero. */
  zeros: number;
  /** The two classes that excite it most. */
  classes: number[];
  separation: number | null;
  dead: boolean;
  rare: boolean;
  twin: TwinSchema | null;
}

/** Every channel of one layer in five numbers; entry i of each list is channel i's. */
export interface ChannelStatistics {
  node: string;
  min: number[];
  max: number[];
  mean: number[];
  /** The mean squared distance from the mean. */
  variance: number[];
  /** Share of values that are exactly zero. */
  zero_fraction: number[];
}

/** B held against A, layer by layer, over all values. */
export interface ComparisonSchema {
  /** Values held against each other; 0: the networks share no shapes. */
  compared: number;
  differing: number;
  /** Every layer has a counterpart, and every bit of every value is the same. */
  exact: boolean;
  /** The first node of A that differs; null: none. */
  first: string | null;
  /** In A's order. */
  layers: LayerDifferenceSchema[];
  /** Nodes of A without a counterpart. */
  only_a: string[];
  /** Nodes of B without a counterpart. */
  only_b: string[];
  /** A's classes, likeliest first. */
  answer_a: Probability[];
  /** B's classes, likeliest first. */
  answer_b: Probability[];
}

/** The part of the image that the network sees, in image pixels. */
export interface CropSchema {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** How often a rule of doubt errs, as it was measured. */
export interface DoubtErrorsSchema {
  rule: "entropy" | "second opinion";
  /** Share of the model's right answers that it calls unsure. */
  doubted: number;
  /** Share of its wrong answers to images of its own classes. */
  caught: number;
  /** Share of images of other things that it lets pass. */
  believed: number;
  /** Images of its own classes. */
  known: number;
  /** Images of other things. */
  strange: number;
}

/** How unsure the model is of its answer, and which rule says so. */
export interface DoubtSchema {
  /** entropy: probability is spread evenly; second opinion: another network puts little on the class that this one names; none: the answer is no distribution, nothing is said. */
  rule: "entropy" | "second opinion" | "none";
  /** 0: one class has all probability; 1: all have the same. */
  entropy: number;
  /** Probability of the likeliest class above that of the second. */
  margin: number;
  /** The picture may well show nothing that the model knows. */
  unsure: boolean;
  /** null: the rule is entropy. */
  opinion: OpinionSchema | null;
  /** The likeliest class; null: the model has none. */
  first: Probability | null;
}

/** What stands for edits that are kept. */
export interface EditsSchema {
  /** In the place of the text, in `?edit=` of every address: the hash of it. */
  edit: string;
  /** Id of the edited model, for the place of a model in any address. */
  model: string;
}

/** What one shift does to every layer. */
export interface EquivarianceSchema {
  model: string;
  image: string;
  crop: CropSchema;
  /** Rows and columns of the network's input. */
  size: number[];
  dx: number;
  dy: number;
  border: "trained" | "zeros" | "wrap" | "reflect";
  pooling: "trained" | "max" | "average" | "blur3" | "blur5" | "strided";
  /** What this changes of the network as it was trained. */
  changes: string[];
  nodes: NodeEquivariance[];
  /** null: another size than the network's own. */
  probabilities: InvarianceSchema | null;
}

/** The whole arithmetic behind one value. */
export interface ExplanationSchema {
  node: string;
  channel: number;
  y: number;
  x: number;
  value: number;
  /** How terms make the value: sum (plus bias), max, mean, product, copy, function, affine, softmax. */
  operation: string;
  bias: number | null;
  constants: { [key: string]: number };
  /** The input pixels this value can see. */
  field: BoxSchema;
  /** How many terms there are, sent or not. */
  term_count: number;
  /** The sums of all of them, sent or not, added up. */
  term_sum: number;
  terms: TermSchema[];
}

/** Receptive field: output (y, x) sees ``size`` input pixels from ``(y, x) * stride + offset``. */
export interface FieldSchema {
  /** Rows, columns. */
  size: [number, number];
  stride: [number, number];
  offset: [number, number];
}

/** The server is alive. */
export interface Health {
  status: string;
  version: string;
}

/** An image the server holds; ``id`` is a hash of its decoded pixels. */
export interface ImageInfo {
  id: string;
  width: number;
  height: number;
  /** digit: white on black, 28 x 28, for networks that read digits; sound: the spectrogram of one, for networks that take sounds, a column of 10 ms and 64 bands of pitch from 0 to 8 kHz. */
  kind: "photo" | "digit" | "sound";
  /** What was done to its range when it was sent. */
  note?: string;
}

/** Where an imported network comes from, and whether it computes what its file says. */
export interface ImportedSchema {
  /** Every layer was compared with another program and none disagrees. */
  verified: boolean;
  /** The finding in a sentence. */
  verification: string;
  /** The other program and its version; empty where none has computed anything. */
  program?: string;
  /** Still to be compared: POST .../verification. */
  pending?: boolean;
  /** What the file leaves open or an exporter has changed. */
  notes: string[];
  /** Name of the convention of its input; null: numbers of its own. */
  scaling: string | null;
  /** What the answer is read as. classes: one of several, shares that add up to 1; independent: a yes or no each; maps; vector: other numbers. */
  output_kind: "classes" | "independent" | "maps" | "vector";
  /** Name in the file of the output that is the answer. */
  output: string;
  /** All outputs of the file. */
  outputs: OutputSchema[];
  /** Sizes the file leaves open, and what was taken for them. */
  free: { [key: string]: number };
  file_bytes: number;
}

/** What a model takes: values / divisor, minus mean, divided by std, per channel, in this order. */
export interface InputSchema {
  channels: number;
  height: number;
  width: number;
  mean: number[];
  std: number[];
  divisor: number;
  /** RGB or BGR. */
  order: string;
  /** sound: it is shown the spectrograms of sounds. */
  takes: "picture" | "sound";
}

/** Class probabilities of the model as it was trained, before and after. */
export interface InvarianceSchema {
  labels: string[];
  /** What newly exposed pixels were filled with. */
  fill: "zeros" | "wrap" | "reflect";
  before: number[];
  after: number[];
  /** The three classes that matter: largest of both first. */
  top: number[];
}

/** Edits that the server keeps. */
export interface KeptEditsSchema {
  /** Joined by `;`, in the words of `?edit=`. */
  edit: string;
}

/** One layer of A and its counterpart in B, whose values stand at the same places. */
export interface LayerDifferenceSchema {
  /** The node of A. */
  a: string;
  /** The node of B. */
  b: string;
  shape: number[];
  compared: number;
  /** Values whose bits are not the same; 0: exactly equal. */
  differing: number;
  /** ||B - A|| / ||A||; null: A is all zero and B is not. */
  relative: number | null;
  /** A . B / (||A|| ||B||); null: one of them is all zero. */
  cosine: number | null;
  /** The largest |b - a|. */
  largest: number;
  /** relative of every channel. */
  channels: (number | null)[];
}

/** Channels of one layer. */
export interface LayerWall {
  node: string;
  first: number;
  total: number;
  /** Pixels of a patch in the sheets of patches. */
  side: number;
  channels: ChannelRow[];
}

/** A model with everything there is to know about it, its weights apart. */
export interface ModelDetail {
  id: string;
  title: string;
  /** What it is here for, in one sentence. */
  shows: string;
  classes: string[];
  /** Trained numbers. */
  parameter_count: number;
  /** Multiply-adds for one image. */
  macs: number;
  input: InputSchema;
  /** null: nobody measured these weights. */
  accuracy: AccuracySchema | null;
  card: CardSchema;
  /** null: it comes with ConvScope. */
  imported?: ImportedSchema | null;
  /** The model that gives a second opinion on its answers, at `…/doubt`; null: none does. */
  second: string | null;
  /** In topological order. */
  nodes: NodeSchema[];
  /** The node that holds the answer. */
  output: string;
}

/** A model as a list shows it, told by its card: no weights are read for it. */
export interface ModelSummary {
  id: string;
  title: string;
  /** What it is here for, in one sentence. */
  shows: string;
  classes: string[];
  /** Trained numbers. */
  parameter_count: number;
  /** Multiply-adds for one image. */
  macs: number;
  input: InputSchema;
  /** null: nobody measured these weights. */
  accuracy: AccuracySchema | null;
  card: CardSchema;
  /** null: it comes with ConvScope. */
  imported?: ImportedSchema | null;
}

/** One network of a race. */
export interface NetSchema {
  id: string;
  title: string;
  kind: string;
  shuffled: boolean;
  parameters: number;
  /** Shape of the weights of each layer that has any. */
  layers: { [key: string]: number[] };
  /** Height and width of what each of these layers computes. */
  places: { [key: string]: number[] };
  /** How many steps it has made. */
  step: number;
  /** The step it could not make, because nothing finite came of it. */
  failed: number | null;
}

/** How far one layer is from moving along with its input. */
export interface NodeEquivariance {
  node: string;
  /** Input pixels per place of the map: down, across. */
  stride: [number, number];
  /** How far the map moves, in its places: down, across; null for rotation and scale. */
  move: [number, number] | null;
  /** |f(Tx) - T f(x)| / |T f(x)| over all channels; null: nothing to compare with. */
  error: number | null;
  /** Compared values whose bits are not the same. */
  differing: number;
  compared: number;
  /** Every compared bit agrees. */
  exact: boolean;
  /** Values that depend on newly exposed pixels. */
  left_out: number;
  /** The map moves by a fraction of a place. */
  interpolated: boolean;
  /** Compared values for which padding stands in for pixels that have left. */
  edge: number;
  /** The error without those at the edge. */
  error_inside: number | null;
  differing_inside: number;
}

/** Where one layer's values can be changed; a vector counts as one column of places. */
export interface NodeReach {
  name: string;
  /** The smallest box around them; null: nowhere. */
  box: BoxSchema | null;
  /** How many places. */
  count: number;
  /** [first, length] of every unbroken run of places, counted row by row through the whole map; null: the box has no holes. */
  runs: [number, number][] | null;
}

/** One layer of a model. */
export interface NodeSchema {
  name: string;
  kind: string;
  config: { [key: string]: unknown };
  inputs: string[];
  /** One an input. */
  reads: ReadsSchema[];
  /** [C, H, W] or [F]; no batch axis. */
  output_shape: number[];
  /** Full name -> shape. */
  parameters: { [key: string]: number[] };
  parameter_count: number;
  macs: number;
  /** null: no convolution. */
  alternatives: AlternativesSchema | null;
  receptive_field: FieldSchema;
}

/** The values of one layer's output in six numbers. */
export interface NodeStatistics {
  name: string;
  shape: number[];
  min: number;
  max: number;
  mean: number;
  std: number;
  /** Share of values that are exactly zero. */
  zero_fraction: number;
}

/** A picture with noise: exactly what the network sees, in whole bytes, of its own size. */
export interface NoiseSchema {
  id: string;
  width: number;
  height: number;
  /** digit: white on black, 28 x 28, for networks that read digits; sound: the spectrogram of one, for networks that take sounds, a column of 10 ms and 64 bands of pitch from 0 to 8 kHz. */
  kind: "photo" | "digit" | "sound";
  /** What was done to its range when it was sent. */
  note?: string;
  /** No pixel is further than this from the picture, in 1/255. */
  epsilon: number;
  steps: number;
  seed: number | null;
  /** The answer that the noise leads away from; empty: it has no name. */
  label: string;
  /** -log p(label) of the picture. */
  loss_before: number;
  /** -log p(label) of the picture with noise. */
  loss_after: number;
  /** How far a pixel moved at most, in 1/255. */
  largest: number;
}

/** What a second network, which knows many things, makes of the same part of the image. */
export interface OpinionSchema {
  /** Its id. */
  model: string;
  title: string;
  /** Its probability of the class that the first model names. */
  support: number;
  /** What it takes the picture for. */
  label: string;
  probability: number;
  /** What the first model calls that; null: it does not know it. */
  same: string | null;
}

/** One output of a file. */
export interface OutputSchema {
  name: string;
  /** Of one picture's answer. */
  shape: number[];
  /** What it looks like. */
  kind: "classes" | "independent" | "maps" | "vector";
}

/** A last layer, solved anew. */
export interface OwnAnswer {
  /** Pictures called by their name by the layer learnt from all others. */
  right: number;
  count: number;
  mistake: OwnMistake | null;
  /** Of the image that was asked about, by class. */
  shares: number[] | null;
  /** Numbers of the last layer. */
  learnt: number;
  /** Numbers of all layers before it, as they were. */
  kept: number;
  /** Of solving it. */
  milliseconds: number;
}

/** A class of one's own, by uploaded images. */
export interface OwnClass {
  name: string;
  /** Ids of uploaded images. */
  images: string[];
}

/** The surest mistake among the pictures that were left out. */
export interface OwnMistake {
  name: string;
  /** Which picture of its class, from 0. */
  picture: number;
  said: string;
  share: number;
}

/** A training, as far as it has come. */
export interface OwnProgress {
  id: string;
  title: string;
  /** running, stopped, failed or done. */
  state: string;
  step: number;
  total: number;
  loss: number | null;
  /** Pictures held back that the last layer alone names right. */
  before: number | null;
  /** Those that all layers name right, after the last whole pass. */
  right: number | null;
  /** Pictures held back. */
  count: number;
  problem: string | null;
  /** Id of what it made, among the models. */
  model: string | null;
}

/** Own classes as a link restores them. */
export interface OwnSet {
  /** The network whose features are taken. */
  model?: string;
  classes: OwnClass[];
}

/** Where own classes are kept. */
export interface OwnSetKept {
  /** The hash of what was kept: equal classes have one. */
  id: string;
}

/** A channel that feeds this one, or is fed: sum of |weights| times mean activity, signed. */
export interface PartnerSchema {
  node: string;
  channel: number;
  strength: number;
}

/** A photo that excites a channel: the value, its place on the map, and the box of the input it sees. */
export interface PatchSchema {
  photo: number;
  name: string;
  /** Its class, a place in the atlas's classes. */
  label: number | null;
  value: number;
  y: number;
  x: number;
  /** top, left, bottom, right in the network's input; may leave it. */
  box: number[];
}

/** Photos that are sent to have an atlas made of them. */
export interface PhotoSet {
  id: string;
}

/** How likely the model holds one class to be. */
export interface Probability {
  label: string;
  probability: number;
}

/** An error: what happened, and what to do about it (RFC 9457). */
export interface Problem {
  type: string;
  /** The kind of problem, in a few words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** A sentence a person can act on. */
  detail: string;
}

/** What the network gives the two photos, measured for this answer. */
export interface QuizAnswer {
  photos: number[];
  values: number[];
}

/** Two photos that are not on the card; null where the atlas is too small. */
export interface QuizPair {
  photos: number[] | null;
}

/** A race as it stands. */
export interface RaceSchema {
  id: string;
  title: string;
  /** Id of what it learns; that of a brought task may be gone meanwhile. */
  task: string;
  classes: string[];
  /** Channels, height and width of a picture. */
  picture: number[];
  /** Pictures to learn from. */
  train: number;
  /** Pictures to be tested on. */
  test: number;
  nets: NetSchema[];
  /** The settings of the first step. */
  first: SettingsSchema;
  /** Those of the next step. */
  settings: SettingsSchema;
  changes: ChangeSchema[];
  step: number;
  total: number;
  running: boolean;
  /** Place among those who wait for a core, from 1; 0: it does not wait. */
  queued: number;
  problem: string | null;
  stop_alone: boolean;
  revision: number;
  created: number;
}

/** A task that a race can be about. */
export interface RaceTask {
  id: string;
  title: string;
  classes: string[];
  /** Pictures of each class to learn from. */
  counts: number[];
  /** Channels, height and width of a picture. */
  picture: number[];
  /** Drawn from a seed; else pictures that somebody brought. */
  drawn: boolean;
  /** Settings that such pictures are learnt well with. */
  settings: { [key: string]: number | string };
  /** Files that are no readable pictures, the first few. */
  skipped: string[];
  skipped_count: number;
}

/** What one pixel of the network's input can reach. */
export interface ReachSchema {
  y: number;
  x: number;
  /** Every node of the model, in topological order. */
  nodes: NodeReach[];
}

/** What a layer reads of one of its inputs; a value of a vector is a channel of one place. */
export interface ReadsSchema {
  /** Of an output channel c: c; all; those of its group; c - offset. */
  channels: "own" | "all" | "group" | "offset";
  /** Output channels of a group, and input channels that each of them reads. */
  group: [number, number] | null;
  /** Output channels before this input's. */
  offset: number;
  /** The same place; all; place v of value v, in C order; those of `window`; those in `rows` and `columns`. */
  places: "own" | "all" | "flat" | "window" | "listed";
  window: WindowSchema | null;
  /** Of every output row, the rows it reads. */
  rows: number[][] | null;
  columns: number[][] | null;
}

/** A picture that comes with the server. */
export interface Sample {
  id: string;
  width: number;
  height: number;
  /** digit: white on black, 28 x 28, for networks that read digits; sound: the spectrogram of one, for networks that take sounds, a column of 10 ms and 64 bands of pitch from 0 to 8 kHz. */
  kind: "photo" | "digit" | "sound";
  /** What was done to its range when it was sent. */
  note?: string;
  title: string;
}

/** What a step is made with. */
export interface SettingsSchema {
  rate: number;
  batch: number;
  optimizer: string;
  schedule: string;
  init: string;
  decay: number;
  shift: number;
  passes: number;
  seed: number;
}

/** Layers that share no channels, by linear CKA (Kornblith et al. 2019). */
export interface SimilaritySchema {
  /** Over how many images. */
  images: number;
  /** That of Song et al. 2012; it may fall below zero. */
  estimator: "unbiased";
  /** Layers of A: rows. */
  a: string[];
  /** Layers of B: columns. */
  b: string[];
  /** 1: the same up to rotation and scale; null: a layer that says the same of every image. */
  values: ((number | null)[])[];
}

/** The first class for every shift; rows go by dy, columns by dx, both upwards. */
export interface SweepSchema {
  model: string;
  image: string;
  crop: CropSchema;
  max_shift: number;
  fill: "zeros" | "wrap" | "reflect";
  labels: string[];
  top: number[][];
  /** Of the class that comes first at (0, 0). */
  probability: number[][];
  summary: SweepSummary;
}

/** How steady the answer is under all shifts of a sweep. */
export interface SweepSummary {
  /** The class that comes first at (0, 0). */
  label: string;
  class_index: number;
  /** Shifts other than (0, 0). */
  shifts: number;
  /** Those after which another class comes first. */
  flips: number;
  flip_rate: number;
  /** Share of pairs of shifts with the same first class (Zhang 2019). */
  consistency: number;
}

/** One patch of a node and its share; ``patch[i][j]`` lies at (y + i*step[0], x + j*step[1]). */
export interface TermSchema {
  node: string;
  channel: number;
  y: number;
  x: number;
  step: [number, number];
  patch: number[][];
  kernel: number[][] | null;
  products: number[][];
  /** false: padding; null: all of it is inside. */
  inside: boolean[][] | null;
  sum: number;
}

/** A whole forward pass in short. */
export interface TraceSummary {
  model: string;
  image: string;
  crop: CropSchema;
  /** Every class, likeliest first. */
  top: Probability[];
  doubt: DoubtSchema;
  nodes: NodeStatistics[];
  /** Compute time of the layers. */
  milliseconds: number;
}

/** A network of a race at one step, now among the models. */
export interface TrainedModel {
  id: string;
  title: string;
}

/** A run in the list of all. */
export interface TrainingRunName {
  /** The name of its folder. */
  id: string;
  net: string;
  running: boolean;
}

/** A run as it stands. */
export interface TrainingRunSchema {
  id: string;
  /** The network, as the command names it. */
  net: string;
  /** What repeats the run. */
  command: string;
  classes: string[];
  /** Pictures to learn from. */
  images: number;
  /** Pictures held back to measure on. */
  measured: number;
  recipe: { [key: string]: number | string | boolean | number[] };
  parameters: number;
  /** Filters, kernels of each, their height and width, by the layer that has such weights. */
  layers: { [key: string]: number[] };
  /** The steps whose weights are on disk, rising. */
  kept: number[];
  step: number;
  total: number;
  running: boolean;
  /** Another number whenever rows told before no longer hold. */
  revision: number;
}

/** The channel of the layer whose strongest values correlate most with this one's. */
export interface TwinSchema {
  channel: number;
  correlation: number;
}

/** Down and across: place ``i`` reads places ``i * stride - padding + k * dilation`` for ``k < size``. */
export interface WindowSchema {
  size: [number, number];
  stride: [number, number];
  padding: [number, number];
  dilation: [number, number];
}

/** Who makes an atlas: what is done, what it is at. */
export interface WorkerRow {
  name: string;
  shards: number;
  photos_a_second: number;
  now: string;
  /** It has ended, and will not come back; its shard is made by another. */
  lost: boolean;
}

export interface components {
  schemas: {
    AccuracySchema: AccuracySchema;
    AlternativesSchema: AlternativesSchema;
    AtlasLayer: AtlasLayer;
    AtlasSchema: AtlasSchema;
    AtlasState: AtlasState;
    BoxSchema: BoxSchema;
    CardSchema: CardSchema;
    ChangeSchema: ChangeSchema;
    ChannelCard: ChannelCard;
    ChannelRank: ChannelRank;
    ChannelRow: ChannelRow;
    ChannelStatistics: ChannelStatistics;
    ComparisonSchema: ComparisonSchema;
    CropSchema: CropSchema;
    DoubtErrorsSchema: DoubtErrorsSchema;
    DoubtSchema: DoubtSchema;
    EditsSchema: EditsSchema;
    EquivarianceSchema: EquivarianceSchema;
    ExplanationSchema: ExplanationSchema;
    FieldSchema: FieldSchema;
    Health: Health;
    ImageInfo: ImageInfo;
    ImportedSchema: ImportedSchema;
    InputSchema: InputSchema;
    InvarianceSchema: InvarianceSchema;
    KeptEditsSchema: KeptEditsSchema;
    LayerDifferenceSchema: LayerDifferenceSchema;
    LayerWall: LayerWall;
    ModelDetail: ModelDetail;
    ModelSummary: ModelSummary;
    NetSchema: NetSchema;
    NodeEquivariance: NodeEquivariance;
    NodeReach: NodeReach;
    NodeSchema: NodeSchema;
    NodeStatistics: NodeStatistics;
    NoiseSchema: NoiseSchema;
    OpinionSchema: OpinionSchema;
    OutputSchema: OutputSchema;
    OwnAnswer: OwnAnswer;
    OwnClass: OwnClass;
    OwnMistake: OwnMistake;
    OwnProgress: OwnProgress;
    OwnSet: OwnSet;
    OwnSetKept: OwnSetKept;
    PartnerSchema: PartnerSchema;
    PatchSchema: PatchSchema;
    PhotoSet: PhotoSet;
    Probability: Probability;
    Problem: Problem;
    QuizAnswer: QuizAnswer;
    QuizPair: QuizPair;
    RaceSchema: RaceSchema;
    RaceTask: RaceTask;
    ReachSchema: ReachSchema;
    ReadsSchema: ReadsSchema;
    Sample: Sample;
    SettingsSchema: SettingsSchema;
    SimilaritySchema: SimilaritySchema;
    SweepSchema: SweepSchema;
    SweepSummary: SweepSummary;
    TermSchema: TermSchema;
    TraceSummary: TraceSummary;
    TrainedModel: TrainedModel;
    TrainingRunName: TrainingRunName;
    TrainingRunSchema: TrainingRunSchema;
    TwinSchema: TwinSchema;
    WindowSchema: WindowSchema;
    WorkerRow: WorkerRow;
  };
}
