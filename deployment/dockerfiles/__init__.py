"""The one recipe of the Python services' images, and what is made of it."""
