"""Certificates and short courses of company-directed work, as plain literals."""

CERTIFICATES: tuple[tuple[str, str, str], ...] = (
    # code, Danish, English
    ("driving_licence_b", "kørekort til personbil (B)", "driving licence, car"),
    ("driving_licence_be", "kørekort til bil med stor trailer (B/E)", "driving licence, car and trailer"),
    ("driving_licence_c", "kørekort til lastbil (C)", "driving licence, lorry"),
    ("tractor_licence", "traktorkørekort", "tractor licence"),
    ("forklift", "gaffeltruckcertifikat", "forklift certificate"),
    ("stacker", "stablercertifikat", "pallet stacker certificate"),
    ("telehandler", "teleskoplæssercertifikat", "telescopic handler certificate"),
    ("crane", "krancertifikat", "crane certificate"),
    ("food_hygiene", "certifikat i fødevarehygiejne", "food hygiene certificate"),
    ("welding_mag", "svejsecertifikat, MAG", "welding certificate, MAG"),
    ("welding_tig", "svejsecertifikat, TIG", "welding certificate, TIG"),
    ("hot_work", "certifikat i varmt arbejde", "hot work certificate"),
    ("epoxy", "bevis for arbejde med epoxy og isocyanater", "epoxy and isocyanates certificate"),
    ("chainsaw", "motorsavsbevis", "chainsaw certificate"),
    ("spraying", "sprøjtecertifikat", "pesticide spraying certificate"),
    ("road_works", "bevis for vejen som arbejdsplads", "road works certificate"),
    ("child_certificate", "børneattest", "child certificate (no record of offences against children)"),
    ("criminal_record", "ren straffeattest", "clean criminal record"),
    ("first_aid", "førstehjælpsbevis", "first-aid certificate"),
    ("patient_handling", "kursus i forflytning", "patient handling course"),
)

COURSES: tuple[tuple[str, str, str, int, tuple[str, ...], tuple[str, ...]], ...] = (
    # code, Danish, English, days, job functions taught, certificates given
    ("milking_course", "malkekursus", "milking", 10, ("milking", "calf_care"), ()),
    ("cleaning_course", "rengøringskursus", "cleaning", 10, ("office_cleaning", "institution_cleaning"), ()),
    ("welding_course", "svejsekursus", "welding", 15, ("welding", "grinding"), ("welding_mag",)),
    (
        "kitchen_course",
        "køkkenkursus",
        "kitchen work",
        10,
        ("vegetable_preparation", "cold_kitchen"),
        ("food_hygiene",),
    ),
    ("caretaking_course", "pedelkursus", "caretaking", 10, ("caretaking", "minor_repairs", "grounds_upkeep"), ()),
    ("metal_course", "metalkursus", "metal work", 15, ("metal_assembly", "machine_tending"), ()),
    ("forklift_course", "gaffeltruckkursus", "forklift driving", 7, ("forklift_driving",), ("forklift",)),
)
"""The first six are the job packages' courses of the municipality's 2016-2018 plan; the lengths are assumptions."""
