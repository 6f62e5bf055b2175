"""What the articles say to a question: passages, sentences, their weight, and what is cited."""
