namespace BaseImage.Core.Tests;
