"""What customers and the public see: the help centre at /help/ and, for members, their own things at /my/.

A *visitor* is anybody; a *member* is a customer who signed in. Every row of a member comes through `portal.reach`.
"""
