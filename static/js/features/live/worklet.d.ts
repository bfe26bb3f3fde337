/** What code has around it that runs where sound is made. */

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
  process(inputs: Float32Array[][]): boolean;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
/** Samples a second. */
declare const sampleRate: number;
/** Seconds. */
declare const currentTime: number;
