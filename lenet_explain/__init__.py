"""LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998), described once and explained from that description."""
