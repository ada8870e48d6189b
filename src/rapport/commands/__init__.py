"""The commands of the program, one module each: ``add_arguments`` declares its options, ``run`` does it.

They stand above everything else and hold no rule of their own: they find the home and the database, and call
``runtime`` or a package.
"""
