"""Values: columns of text → columns of one type, with every cell that does not fit said.

A converter takes the cells of one column of a block and gives a typed Arrow array of the same length, null where
a cell is empty or wrong, and a list of faults. What a column has in common (its decimal mark, the order
of its days) is decided beforehand over the column, never cell by cell.
"""
