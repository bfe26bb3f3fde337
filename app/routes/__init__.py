"""One module per resource: parse the request, call one service, encode the answer."""
