namespace BaseImage.Cmdlets.Tests;
