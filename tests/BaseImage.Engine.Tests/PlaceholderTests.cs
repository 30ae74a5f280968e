namespace BaseImage.Engine.Tests;
