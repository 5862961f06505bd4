module github.com/assay/guard-go

go 1.24
