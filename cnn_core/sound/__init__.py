"""From a sound file to the picture a network takes: samples, their log-mel spectrogram, its grey values."""

from cnn_core.sound.picture import DECIBELS, sound_decibels, sound_pixels
from cnn_core.sound.reading import MAX_SECONDS, SOUND_FORMATS, is_sound, read_sound, wav_bytes
from cnn_core.sound.spectrogram import BANDS, FFT, HOP, RATE, WINDOW, Samples, band_centres, log_mel

__all__ = [
    "BANDS",
    "DECIBELS",
    "FFT",
    "HOP",
    "MAX_SECONDS",
    "RATE",
    "SOUND_FORMATS",
    "WINDOW",
    "Samples",
    "band_centres",
    "is_sound",
    "log_mel",
    "read_sound",
    "sound_decibels",
    "sound_pixels",
    "wav_bytes",
]
