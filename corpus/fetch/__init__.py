"""What is at a web address, fetched with care: from nobody's own network, within limits, and politely."""
