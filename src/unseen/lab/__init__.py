"""The papers run again: each lab puts one paper's tables and figures, ours and the best side by side."""
