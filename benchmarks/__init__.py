"""What the record and the exchange cost, against limits and peers measured in the same run."""
