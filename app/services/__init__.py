"""What the routes stand on: stores, the bounded pool of workers, and the traces it computes."""
