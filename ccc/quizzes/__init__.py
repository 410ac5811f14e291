"""The quiz on a policy: its questions, which of them are asked, and how they are marked."""
