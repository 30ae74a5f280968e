@{
    # Run first, so that another version of BaseImage already in the process is one clear error and not a riddle.
    NestedModules        = @('module/bin/BaseImage.Guard.dll')
    RootModule           = 'module/bin/BaseImage.Cmdlets.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '6f0e7a8c-54d2-4b0e-9f0b-3f6b5f6f2c1d'
    Author               = 'BaseImage'
    CompanyName          = 'BaseImage'
    Copyright            = '(c) BaseImage. See LICENSE.'
    Description          = 'Pins, builds, verifies and audits container base images, with objects down the pipeline.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/BaseImage.Format.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'Add-BaseImageAttestation'
        'Add-BaseImageSignature'
        'Add-BaseImageSuppression'
        'Assert-BaseImage'
        'Assert-BaseImageSignature'
        'Build-BaseImage'
        'Clear-BaseImageCache'
        'Compare-BaseImage'
        'Copy-BaseImage'
        'Export-BaseImageReport'
        'Find-BaseImage'
        'Export-BaseImageSbom'
        'Get-BaseImage'
        'Get-BaseImageAttestation'
        'Get-BaseImageCache'
        'Get-BaseImageDefinition'
        'Get-BaseImageFile'
        'Get-BaseImageLock'
        'Get-BaseImagePackage'
        'Get-BaseImageRule'
        'Get-BaseImageSignature'
        'Get-BaseImageUpdate'
        'Measure-BaseImage'
        'New-BaseImageProject'
        'New-BaseImageRule'
        'Optimize-BaseImage'
        'Publish-BaseImage'
        'Save-BaseImagePackage'
        'Test-BaseImage'
        'Test-BaseImageAttestation'
        'Test-BaseImageDockerfile'
        'Test-BaseImageLock'
        'Test-BaseImageReproducibility'
        'Test-BaseImageSignature'
        'Update-BaseImageDockerfile'
        'Update-BaseImageLock'
    )
    PrivateData          = @{
        PSData = @{
            Tags       = @('container', 'docker', 'oci', 'image', 'security', 'audit', 'reproducible')
            LicenseUri = 'LICENSE'
        }
    }
}
