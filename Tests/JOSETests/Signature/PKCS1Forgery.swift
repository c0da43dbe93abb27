import Testing

/// RSASSA-PKCS1-v1_5 signatures with encoded messages of all kinds, over `PKCS1Forgery.input`.
///
/// Their numbers are right: each is its encoded message raised to the private exponent of the one key, which was thrown
/// away afterwards.
struct PKCS1Forgery: CustomTestStringConvertible {
    /// What is wrong with the encoded message.
    let testDescription: String
    let signature: String

    private init(_ fault: String, _ signature: String) {
        self.testDescription = fault
        self.signature = signature
    }

    /// A header that says RS256, and an empty payload.
    static let input = "eyJhbGciOiJSUzI1NiJ9.e30"

    /// `n`, 2048 bits; `e` is AQAB.
    static let modulus = """
        k3rYptpBrjAqxyF4D_nrHdPC2SxI_9AfI9U0F-r3CtwMi-IV_cDvCjmYQvuYpPaPFtwbC00cWM2l6cX1uwyuZIDEm8snHBhi7oFZCY5O-vdD\
        sj4JUgXI2kCS30gert6KtljE7-6Dw2Y122D2WrsP82VeC6rvq1npQ1dbVd5CdOK7AP91LOjNulNYC9NubGrgSzGNIGdJsYdJgS9vhhlqusj5\
        J-8J1byXPmQ05Lo5cxemplwQSlWt-FKWkBbb2IDJTA5DLQour30mrP9rxXhsSZ23yL21Q4W8OrhM8JWpOw8xCHANAGo18ZTMcEE6irynuxM1\
        MGUL9CFH4LzsWTFZjQ
        """

    /// Nothing is wrong with this one.
    static let right = PKCS1Forgery(
        "nothing",
        """
        ZjHev-OYiApaL5wOqJLJtR1g3y0kl6npGQF0OpYe0fes875R4jtqvDm6RllJEmD-P1rE0xYXeHI4_AfyUqfhcO_f6iEw9FHVh9fWTUv0LAYO\
        9mdE9vT5uCI5Uvuusk3DFmIEWG4i8oNAiafNojHGKLmOmPGizYOfJ3tCkeOmDi2BoZISd_Mw-gMcem6lcIVL_EkpDl-jEHrEwbpaBT6sx11j\
        8La-STtQgi3genMCR6FuUdsEdC2d25N6MNfdOAqhMq_kXq0_R3fz0r7zv6wcUz_JAWo3EOodKaxqsJuHRVHlhuNQ6vGnLBK10I2DcyxwIGhx\
        MQSgLIyCFZouE26iAg
        """)

    static let all = [
        PKCS1Forgery(
            "garbage behind the digest",
            """
            HRfL1kU4O62rx7hp3UF2eqrn7R7bo0WJbQpC8UYsvPAJrbcoiP4cPwz4UENvwsQYQzAcVz-0utp5vJY_gIU0ZeHhQMYW8foGPnemIryk\
            No6Qk9_0EmukW4xMkcC8BrAVAf6pcFklhwVacdGbaXeXnArTz6ZawfEa4OQL0cvY3z5mdZbKP1uONQuLaePl1x7c2WtMbWLKbLjcpoh8\
            pDyNGScj6Cn2p3SPBBwvEQBzSKfqELXLoRG35A3dEQxAbKNqCb45xkZffxI2wxhgp_l54eK7adY52WgvmruZBNwJ5isCKJL6Xev24Fxz\
            CU88DKP_yX0tqIqzluUS-XvqkKa-tA
            """),
        PKCS1Forgery(
            "zeros behind the digest",
            """
            QtoiCz9lPnnJhq3RceYOgYjYQXDMl9zxZrNmB0ZMr4Z1zFK5Xc2TSb76BCEJqM9TV_p8xhV5W0xSAa2bCCiB4Cgm5vandTRhjTMo2hyI\
            pynDszad8F82Zd3K7IATHgWlk5QDY3Luio7cHqDnpziR6Z4-n2J2ETo511t_Xlyk9peEGgXkY1v7QyvKk_6w4YhHKbH3yt_PpaFke_z3\
            c87DPWVP0GZ5Nn5V0y4Lr0sm6IMnvsjLEvrEYTLW06gjlcaNFjhWXPDZdV3oc6Y5B02CKg-QtWBwiasg6lyxGQTEDvxtU_TTjVSlOkTJ\
            NDcVnN4lpqR47KIjJ1vAP1yHeHrYLw
            """),
        PKCS1Forgery(
            "one byte of padding less, and one zero more",
            """
            BUk0hxdp9IIPOEZ9cnUrk72j1WCUmkVbWauAcOJwLBHLns1_W6zV8j4sGUu8d070vRb09ELgrp4_zvsbkoYjUKhklMOtydNRAO6tu3S4\
            GXeJvxRF8_qlj3c11D49vUU54cxK6f22kdLBVFj12-LJPRVOPzlLmE4cA2NeThEwGxIjpWmq0oscZMnsnH07AGukJ_kkYUnr1BFhe80i\
            0o5q_mntuCz7C1FYtPjePLO4iJkihu0K8RrDTNdP2R6opvlXoZv3vFa06ark0CZo9PhgZCKN6k-rAN-HGMhyROjCXxcTIS_INlVi85bM\
            HFGWw2EmyG7W_WhZVQ5f_ZfDxaJKTQ
            """),
        PKCS1Forgery(
            "no padding but zeros",
            """
            czuNeNgzaPhUoTDG4UV88OsSIsQUX8mkTPo0oZyts07pLCjyjDKOWiWGN7MxfzH-gNt2Ta5q4lgBgfI7wLY0tWWJh9ZfVSMO-9_lZM6T\
            a5Aau8khMF3G5tZN5VlYWa5cU0XC5gmjXrGZc-W93Bh84DDcuAhdh1j552HvwtnUOFZ0IQSQbNApQJ-Ipn9r5neAhGEJ3ABaubp2ZCS-\
            v4hQ1CYJl-AhF8j8tYVJrJk865SUpmWRXKlq28LB4s1o-mQseIPtxGayA_26eNIVzslcEgwZO6lQiZGJG_6LzfPMVlt5LdYJorLItO3z\
            PlSHJyT3lRxu2cBuzNfYU32beXPGNw
            """),
        PKCS1Forgery(
            "other bytes in the padding",
            """
            ktymvLpYL8Dnel89vqz7G8Gy7hvPVmy00lUJQTTYnGx9QhdU41grOE9hz8tplrBKiPRPt_RSSkhQqDrgTCVeXREYmezla0U8BymNQCz4\
            2OnFnUOpo0a40kjgtnXE7DijLPQZBkW6E-yAcRLRLND92QDbbM-JiJaBFAZoyHS97J7J0MMoZ1wL-UctUm5WC7H8UCoMb2A7krsbzqzo\
            J0wcNkNEmglKGV6jlPy34T0eXQInsYPav7-nmWgcYT30f1nNRFtO_XDn_YmXfBXvqqvowBUY2ey7z1HDKK0vpwDp78lChZfNeyFIuNF2\
            XfvSq1S5XheBd2lWdzeJLpReTvNpEw
            """),
        PKCS1Forgery(
            "no zero behind the padding",
            """
            StlBqa0jAaOxVxXizAVQlBOl50tyaOrrnbCMJcqbwFFn0Mj6Sqxv7s3_z1BNmz1Nxk9_lIw3kIQqUw15FEFWl3BVUusVrm9Fyt0edppQ\
            4OtcBndrPYGEDgutNdemVrOwhgUEt75u6-VRQRrJMUkS2OpJQ9Hbj3ujnELhDnsDxtzzHnW_oAsjJJ15JsZsOp_4y26EOrsrAvMsZurl\
            H2oYsIkiwudoh3ID1XyEpVDPUqXnSlZGDkS-sFj5pXNSUx6xEaGLD5EYRwkD6xQVp-zL0zlysMP3e5sjuzphrPjtLlnQqEn_VOj_lnA9\
            NYgkXxTvNv_sbHO-jcSmKIwgeZBAoA
            """),
        PKCS1Forgery(
            "block type 0",
            """
            Khkx11axZ4ovhcfVfgtNos7xa1X_TTk3P_mFMA3rVSvNGf-HQEZWA7ScrpWT7FjlKeYREunZVaE-ZeLCeqhfkmCrPNoUOoL6w5CbenQe\
            cxJE44cac3iwyIKhxIl54sLUfY6QE9MRyd3NJTKazChpPUZgXEMM-kKwPbmP3zLCemHkPUcwfMzqQS1pCUgBNquFKfZEAxJtOc7NHGmb\
            z4MW7gFtDL9L30JOB4g_eEMU3iBsuT2mAxDZ47nFKddQjDONOq8LjTvp3klGKOzHQkMWmg3d5OejkUbMqqY5QLDGblQ07LgSrWfK8h2w\
            NVshJrffv1HU89nXIE4mmXGua--5Mw
            """),
        PKCS1Forgery(
            "block type 2",
            """
            Pdd82KPSwwucVo5KJU5xrgsfnddQUKEWk6q97oOCEwNahw_kIwmkkBsQQ8oVcD7LgoBornWrFBzWCZqCTje2hpq4VKgOU13tsTgRAfel\
            vSLlQqj-djpSdXy7JbOb_RJf_G_NilU5wkXcRqP1KElrWlh0FMPalJrh8a-T84317AR1DjGgLdA9ufBH0pIhJwh7fR1MWO11EPKp0DbM\
            8KvDQXaAx98XB5ekYthw1HS0vkH4BsqA3emxTU7GtdxKxugMAxeONGrXsFWhFDqc9waE2ZFdnuNuaw_usf0KuCF_VkZMoIduP7pnzG61\
            nFSpIUVrJvwtR1xoPLSFS8pzzzSnVA
            """),
        PKCS1Forgery(
            "a first byte that is not zero",
            """
            LFGJECaSJuzlIuHeD4jOvjlOfFg0fMwY6DxYLTwQg_UfyRGHW3E8jsje70kLeaq71wk9-ScJrwoMy6LSnbVJ5MNVYjF_g8ES4Im2yt5d\
            aIuw9RVNgexXjAx9vX7BdzN0Bi1UH-P06Ffk1mqxjrTlOVRAW6pkgB3CqHx4ZAQpi6miSfDOD020hfSPjbVxvCvxvAVLG-Kg_eWzUOkH\
            W9epQvh9huceG6EK2KhLiWuMZAu2W7rkU_ilNiswXq9FpSZmlXhoqncgDYXQwJy-p6ZSUXHIafEOakSpAnXkX35Ceq3xNixUZH-4OUc4\
            vwAbUPTH0mvnZfnHgEDZ-qzY4eeh2Q
            """),
        PKCS1Forgery(
            "no NULL for the parameters",
            """
            i5aq9FgO-mkgmNlmciyKWe0xecR02-HckJibW5GhWjDulkHFz1qsGN74LbNpIgQWHSoBH53R3akwrXeZrQPTCCNHzP8RpBCcr0_QijV-\
            RmP703EuNUkCPvlcbYs-yNLLbhykUb9fYSOxNl5rai2E2peeAYtYxHodgKNJRPbpcaVn7f-uTarlPC9D_xeql4aCebiehdpgCDNBp8Ln\
            KektWD7oJc-pfB6lqUUnaxADbEf4dF1oemG2qfIFP5xz8VUge7j9E7hDfZQbCZURxldT0eg97d854mDD3wxPx-cRhmkVUElcOOzDkcUN\
            2hZgKwYzazCDQDlmsn0TgReiSM8J-A
            """),
        PKCS1Forgery(
            "bytes in the NULL",
            """
            SOmoYHE5j_xtWNKHqmFIFKEj4FgK6uYvgPiqwDRMnRe8HooIy0X5E3N_pPPa98o3_qoBcNClpCoyaF-Qrr-zixNmh2Tk9YgIC7XZFgfU\
            XXCZ-4Hh0eLMnCW5uGd3ESkE1reRIsx26mAfy7T64-7Hl9Yqhnt3I32oXNntCqbj7MNMbmlOFSl1mSo8JB9US01GsTZoEcf-Tda7vQpi\
            UqMTULQe6XpgoPAJD6zwHDwdFUzj-7ypDsWbwB250NrO1bwimoM-8ew1Q88udOJ53t0gMCKpl6RAYW_UgTrUFmVKERDGKpO_VyXEmHHF\
            TYZ3DJSPnhVNrNIGbuEIBoHi_WRwsA
            """),
        PKCS1Forgery(
            "a length in BER",
            """
            X2PJUL9nXVt8c-9kY7gfo5hoaQiIFGSi29dwnvx7O8lnt42MfeM_ymJiENNNXZdCm9XVByjCL8Js7_lxRB8oc2qcOcJ6WYXbvHoptUE4\
            pn85Pl8c8skNWVSA0LL4mbOKGgbdDWQdzHnTmGYdzNUdYw08X5Wl2vNF2N5K78cI66773ddHFShXxJNYxOmwQvKosl8BdPITn37AiBtZ\
            HCV4MsizBE_v-fi7V9TAgdKdBAVIKIe-N0hF7ZxoydDWrvVNH08H-DCAoMYvubevJqWKTqYrn4wpZdoI0S4XknMlUTHQ9Kn2n0XqokRH\
            oxaItzGQhfHzZwEcHcy1uoDPVF1ZvA
            """),
        PKCS1Forgery(
            "the OID of SHA-384",
            """
            ePI11xKvd79vNDOOd8TTyYElQCqxOQl4DykAms5gURNjWu5uRoZvSmIdBvM6mp2pke3_LH6vzDS615YYdEE025UPJ31Tdmh4wa_sCx00\
            PmuJLTAo1ps2NTelcjp5Jp5IdndVLr0OCzMYCrMQ01gNZWo2CJLpg6NWAc-xFIMbr_E1KcHEB8bzq7wetBYROfMruIIzIcJjboOuS8Wq\
            a8C_OaVrc_egOGRHE_F1ofkSHeXYhWNBD_m_SHUcRMCVwYAXuvTznzVP9wnhGq6bVauluDg-7OE5EUR23Q8egvvbu3RCJg_4QFzhfcje\
            mMiUF7xhflqJ-fUS00d7mQLf-szoxg
            """),
        PKCS1Forgery(
            "the OID of SHA-512/256",
            """
            HL2RpagP0Gexm7p2jKfCWZSx0L6EO6cGqKq-EJHXjXPviUHNVmfxwoYe3jjV3BPLzlp0TpbuI4TpcG9LQ9z_sEMtMx1eLHTzZX4RkMKf\
            8uLZbpN-LsJzmW5DWmSVvsrj2aYiF8ddQWiy1WE5CocflDax9Un-CE2Q8-TMTv9pX24xdAgdt--4NebJRpB_bQ5a5jWdUgh957gPO70Z\
            DqcSAoWIzUarNHGU-dlCuE9T5DtBWxfA1MiT-4Saak-bUSZmQ5I9J5KVeHbjFT9WxQW4d8Fb1JySJc3h7Fem0YLg6M1dr8EHI5AXj8XV\
            JKd1nIzh2COD0KpxAxYzFYIQXtayog
            """),
        PKCS1Forgery(
            "no DigestInfo",
            """
            cRQ2blPuLKte_s5Guyvogj_76G5lloCFhEMeXIvh-Is7ffGf_gzYAGF0JRxLDFS1ojkE6MStbZDhD6My_lgciOOhb4A2Kw5wgFctp5IP\
            LSVMp5kOdgwBAXFV5lBiBLO7qOH9N6qrgMqOexRgrWNQyvOutxU_pqPG4xkT-Cc022qnMoT2eriJWeaWdT3_HiKtrxGrgUL5MIijXDxw\
            cHwNsqx8FdAwiujV_q3xQxcAXZD6uoN1Imwkgn4w80K5le50Uigqkm8yNDRemVOtTZVOouLXgMyzntUcNdQlb6HK2hvAPWBPOpNNqy9-\
            m0HsBKH0qfxPgVyvcFEL0FOke1PlPw
            """),
        PKCS1Forgery(
            "SHA-1",
            """
            bZRb_jGlSlh5s2JSbpob3SsWlJ-6Yzrc-G93aSBuL_PtfPFvapzu04f9fFArMb8f7XmuVG8HEkMLdqNDjf_CuzChTJJwJmyb2kw4tfD0\
            FEam1tD66ewcl82Pe_jPt4oEYNqQdZV8PB0OB2npYZ5-1l3tY-2ttcmpudLoeumxhKYGn8N3yZsBcBMdZMYdRZ1wRkiM3_zbSHWU9G-o\
            uL1TomkWlBdqtr80Fm-S4ud4AJv24AGFH9srWPXvJcGMWINfTZBF92kbXGTr4XOyebw6hea8NnPIuklqH3p9olyzhwnq7ASCkqnSOVhv\
            sGb1oWip3jq2aXbJSyCjOE0EhKt9dQ
            """),
        PKCS1Forgery(
            "SHA-512",
            """
            C4JIUm301UR4eWEBOyCbxClBpXxumcfGc_ImcOGNvPpd-7x7ClSPCg9biT_oM-AFec51d85y3AX_4dNsqsQDGePSHAmfXFWFc9qfLsP3\
            wymx4aKCXHOCPfl24dXnZJVEKtkIWw10LroSzbibYi-jsVRE9tPpj7BZaETutyW43oZp5pOdHyY591qeGuS7zK01qj6lF0PVFb4yKOH0\
            _wYmU8le9xH3YIWJq4AhJQnVTovPPEkc0xBPO0raMIjEP5WVUuVqiGw96A9iYmym9h-8vY__gbdVo6R7KNKMrLyRWdiTmG9a9wxXLZEm\
            sVYyhHOssG8_X1RjweMoqnKHyG1x2g
            """),
        PKCS1Forgery(
            "the digest of another message",
            """
            QsDWdeqlL_UqoC970r1cv6-2sjGLZBoYm5FteFa1gbWd1Tffe042P-LHEQ-D1rY7Xxt2f0fruNCVz7idUfR02v3RyJ71bvxeEekcNjlq\
            nG4spFkEx60AqW96G0kyxkb27KEvSorfuW9mJ0XRJZWwpNh0ntsBPiuJ4a8p_xuqZHPbyVLe9TeKTt1z3J4E5OKnAUQpD7IfyXboEML3\
            JzRwgWYfbDV_zD5RfQR9tVr0SeMWKf0d98CWBMQPsUk2Z5hwCXIgL3vBOHAUo3BluCF19_6xqkjjLxq955g1blHQWM9fLsym8578y2P7\
            1Hj--iGHkEl6arQWZdiFf9Q63DPMcQ
            """),
    ]
}
