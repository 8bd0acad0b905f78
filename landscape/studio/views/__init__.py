"""The pages: each reads its controls, asks for results and hands them to pictures and words."""
