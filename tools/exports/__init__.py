"""Networks that people export: those of ``families.txt``, exported by PyTorch, opened and verified here.

``python -m tools.exports`` does it; it needs torch, torchvision and timm, in this Python or in another one.
"""
