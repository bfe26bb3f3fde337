"""What ``convscope bench`` measures: the networks, the peers, forward passes, training steps, growth."""
