"""`python -m deployment.dockerfiles`: write the Dockerfile of every Python service."""

from deployment.dockerfiles.recipe import IMAGES

if __name__ == "__main__":
    for image in IMAGES:
        image.dockerfile.write_text(image.text())
