"""The decision core: who fits which place, and who goes where. No input or output, no SQL, no web, no clock."""
