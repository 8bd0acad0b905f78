"""The Streamlit side: pages, controls, the plot component and the words on the screen."""
