CREATE REL TABLE {RELATION}(FROM Entity TO Entity, id INT64, valid_from DATE, valid_to DATE, support DOUBLE, denial DOUBLE, confidence DOUBLE, visible BOOL);
COPY {RELATION} FROM '{OUT}/relationships/relation={RELATION}/*.parquet';
